package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Mean;
import org.jgml.core.op.SumRows;

/// What one scorer keeps of a block, and what it compares that with: rows whose product with a
/// query's row is a score.
interface BlockSummary {
  /// Names its states.
  String name();

  /// Rows that it keeps of a block; the score of the block is the largest of theirs.
  int rowsPerBlock();

  /// Elements of a row.
  int rowLength(LayerShape layer);

  /// What rows are compared with for a slice of queries together, `[1, rowLength]`.
  ///
  /// @param query where far keys are looked at from, `[tokens, heads, headSize]`
  Node query(GraphBuilder g, LayerShape layer, Node query);

  /// The rows of a block, `[rowsPerBlock, 1, rowLength]`.
  ///
  /// @param named names what tells how the block was summarised
  /// @param keys far keys of its tokens, `[blockSize, keyHeads · headSize]`
  /// @param attention what its tokens got from each query head, `[blockSize, heads]`; null if
  ///   nothing is measured
  Node summarise(GraphBuilder g, GraphBuilder named, LayerShape layer, Node keys, Node attention);

  /// A row that stands for a group of rows, `[1, 1, rowLength]`.
  ///
  /// @param rows of the group; those that are missing are repetitions of others
  /// @param weights 1 over the number of rows for each, 0 for repetitions, `[1, rows]`
  Node group(GraphBuilder g, Node rows, Node weights);

  /// The summary that a scorer makes.
  static BlockSummary of(BlockScorer scorer, InfLlmParameters parameters) {
    return switch (scorer) {
      case BlockScorer.Representatives representatives ->
          new RepresentativeSummary(representatives);
      case BlockScorer.MeanKey() -> new MeanSummary();
      case BlockScorer.Boxes boxes ->
          new BoxSummary(boxes, parameters.blockSize(), parameters.selection().indexType());
      case BlockScorer.Union _ ->
          throw new IllegalArgumentException("a union is summarised by its parts");
    };
  }

  /// The mean of rows over tokens, `[tokens, length]` to `[1, length]`.
  static Node meanOverTokens(GraphBuilder g, Node rows) {
    long length = rows.type().shape().rowLength();
    return rows.type().shape().dim(0) == 1
        ? rows
        : g.reshape(g.apply(new Mean(), g.permute(rows, 1, 0)), 1, length);
  }

  /// The sum of queries that share a key head, `[1, heads · headSize]` to `[1, keyHeads ·
  /// headSize]`.
  static Node sumOverGroup(GraphBuilder g, LayerShape layer, Node row) {
    if (layer.group() == 1) {
      return row;
    }
    Node heads = g.reshape(row, layer.keyHeads(), layer.group(), layer.headSize());
    Node sums = g.apply(new SumRows(), g.permute(heads, 0, 2, 1));
    return g.reshape(sums, 1, layer.keyLength());
  }

  /// The weighted mean of the rows of a group.
  static Node weightedMean(GraphBuilder g, Node rows, Node weights) {
    Node mean = g.matmul(weights, g.permute(rows, 1, 0));
    return g.reshape(mean, 1, 1, rows.type().shape().rowLength());
  }
}
