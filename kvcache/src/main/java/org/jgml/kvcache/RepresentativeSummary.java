package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Mean;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.TopK;
import org.jgml.kvcache.BlockScorer.Representatives;
import org.jgml.kvcache.BlockScorer.Representatives.Heads;

/// The mean of the keys that drew most attention (InfLLM, section 3.2).
record RepresentativeSummary(Representatives scorer) implements BlockSummary {
  @Override
  public String name() {
    return "representatives";
  }

  @Override
  public int rowsPerBlock() {
    return 1;
  }

  @Override
  public int rowLength(LayerShape layer) {
    return choosers(layer) * layer.headSize();
  }

  /// Heads that have representatives of their own.
  private int choosers(LayerShape layer) {
    return scorer.heads() == Heads.QUERY ? layer.heads() : layer.keyHeads();
  }

  @Override
  public Node query(GraphBuilder g, LayerShape layer, Node query) {
    Node rows = g.reshape(query, query.type().shape().dim(0), layer.queryLength());
    Node mean = BlockSummary.meanOverTokens(g, rows);
    return scorer.heads() == Heads.QUERY ? mean : BlockSummary.sumOverGroup(g, layer, mean);
  }

  @Override
  public Node summarise(
      GraphBuilder g, GraphBuilder named, LayerShape layer, Node keys, Node attention) {
    int count = scorer.count();
    Node drawn = scorer.heads() == Heads.QUERY ? attention : ofKeyHeads(g, layer, attention);
    Node chosen = named.apply(new TopK(count), g.permute(drawn, 1, 0));
    long perKeyHead = (long) choosers(layer) / layer.keyHeads() * count;
    Node table = g.reshape(keys, keys.type().shape().dim(0), layer.keyHeads(), layer.headSize());
    Node indices = g.reshape(chosen, layer.keyHeads(), perKeyHead);
    Node rows = g.getRows(g.permute(table, 1, 0, 2), indices);
    Node perHead = g.reshape(rows, choosers(layer), count, layer.headSize());
    Node mean = g.apply(new Mean(), g.permute(perHead, 0, 2, 1));
    return g.reshape(mean, 1, 1, rowLength(layer));
  }

  /// What tokens got from all query heads of a key head, `[tokens, keyHeads]`.
  private static Node ofKeyHeads(GraphBuilder g, LayerShape layer, Node attention) {
    long tokens = attention.type().shape().dim(0);
    Node groups = g.reshape(attention, tokens, layer.keyHeads(), layer.group());
    return g.reshape(g.apply(new SumRows(), groups), tokens, layer.keyHeads());
  }

  @Override
  public Node group(GraphBuilder g, Node rows, Node weights) {
    return BlockSummary.weightedMean(g, rows, weights);
  }
}
