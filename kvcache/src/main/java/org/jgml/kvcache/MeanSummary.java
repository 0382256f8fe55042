package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Mean;

/// The mean of the keys of a block, for each key head.
record MeanSummary() implements BlockSummary {
  @Override
  public String name() {
    return "mean";
  }

  @Override
  public int rowsPerBlock() {
    return 1;
  }

  @Override
  public int rowLength(LayerShape layer) {
    return layer.keyLength();
  }

  @Override
  public Node query(GraphBuilder g, LayerShape layer, Node query) {
    Node rows = g.reshape(query, query.type().shape().dim(0), layer.queryLength());
    return BlockSummary.sumOverGroup(g, layer, BlockSummary.meanOverTokens(g, rows));
  }

  @Override
  public Node summarise(
      GraphBuilder g, GraphBuilder named, LayerShape layer, Node keys, Node attention) {
    Node mean = g.apply(new Mean(), g.permute(keys, 1, 0));
    return g.reshape(mean, 1, 1, layer.keyLength());
  }

  @Override
  public Node group(GraphBuilder g, Node rows, Node weights) {
    return BlockSummary.weightedMean(g, rows, weights);
  }
}
