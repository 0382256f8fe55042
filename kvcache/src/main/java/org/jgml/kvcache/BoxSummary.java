package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.MaxRows;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;

/// For each part of a block, the largest value of each element of its keys and of their negatives.
///
/// With `max(q, 0)` and `max(-q, 0)` as the query's row, the product bounds `q · k` from above for
/// every key `k` of the part, for each element by itself: where `q` is positive by the largest
/// value, where it is negative by the smallest.
///
/// @param blockSize tokens of a block
/// @param type element type in which rows are kept
record BoxSummary(BlockScorer.Boxes scorer, int blockSize, DataType type) implements BlockSummary {
  /// More than an element of a row is rounded, and more than sums over heads of 256 elements are,
  /// as a share of the element.
  private static final float F32_MARGIN = 0x1p-14f;

  private static final float F16_MARGIN = 0x1p-10f;
  private static final float BF16_MARGIN = 0x1p-7f;

  /// What F16 rounds numbers by that are too small for their full precision.
  private static final float LEAST_MARGIN = 0x1p-24f;

  @Override
  public String name() {
    return "boxes";
  }

  @Override
  public int rowsPerBlock() {
    return blockSize / scorer.tokens();
  }

  @Override
  public int rowLength(LayerShape layer) {
    return 2 * layer.keyLength();
  }

  @Override
  public Node query(GraphBuilder g, LayerShape layer, Node query) {
    Node rows = g.reshape(query, query.type().shape().dim(0), layer.queryLength());
    Node positive = ofKeyHeads(g, layer, g.unary(Unary.Kind.RELU, rows));
    Node negative = ofKeyHeads(g, layer, g.unary(Unary.Kind.RELU, g.scale(rows, -1, 0)));
    return g.concat(-1, positive, negative);
  }

  private static Node ofKeyHeads(GraphBuilder g, LayerShape layer, Node rows) {
    return BlockSummary.sumOverGroup(g, layer, BlockSummary.meanOverTokens(g, rows));
  }

  @Override
  public Node summarise(
      GraphBuilder g, GraphBuilder named, LayerShape layer, Node keys, Node attention) {
    Node both = g.concat(-1, keys, g.scale(keys, -1, 0));
    int length = rowLength(layer);
    Node parts = g.reshape(both, rowsPerBlock(), scorer.tokens(), length);
    Node largest = g.apply(new MaxRows(), g.permute(parts, 0, 2, 1));
    return widened(g, g.reshape(largest, rowsPerBlock(), 1, length));
  }

  /// Rows that stay bounds when they are rounded.
  private Node widened(GraphBuilder g, Node rows) {
    float share =
        switch (type) {
          case F32 -> F32_MARGIN;
          case F16 -> F16_MARGIN;
          case BF16 -> BF16_MARGIN;
          default -> 0;
        };
    Node margin = g.scale(g.unary(Unary.Kind.ABS, rows), share, LEAST_MARGIN);
    return share == 0 ? rows : g.add(rows, margin);
  }

  @Override
  public Node group(GraphBuilder g, Node rows, Node weights) {
    Node largest = g.apply(new MaxRows(), g.permute(rows, 1, 0));
    return widened(g, g.reshape(largest, 1, 1, rows.type().shape().rowLength()));
  }

  /// Bounds of the products of each query head with the keys of each block, `[heads, blocks]`.
  ///
  /// @param query of one token, `[1, heads, headSize]`
  /// @param rows of all blocks, `[rows, 1, 2 · keyHeads · headSize]`
  Node bounds(GraphBuilder g, LayerShape layer, Node query, Node rows) {
    long count = rows.type().shape().dim(0);
    Node perHead = g.reshape(query, layer.keyHeads(), 1, layer.group(), layer.headSize());
    Node positive = g.unary(Unary.Kind.RELU, perHead);
    Node negative = g.unary(Unary.Kind.RELU, g.scale(perHead, -1, 0));
    Node boxes = g.reshape(rows, count, 2, layer.keyHeads(), layer.headSize());
    Node products = g.matmul(g.concat(1, positive, negative), g.permute(boxes, 2, 1, 0, 3));
    Node sums = g.add(g.slice(products, 1, 0, 1), g.slice(products, 1, 1, 1));
    long blocks = count / rowsPerBlock();
    Node parts = g.reshape(sums, layer.heads(), blocks, rowsPerBlock());
    Node best = rowsPerBlock() == 1 ? parts : g.apply(new MaxRows(), parts);
    return g.reshape(best, layer.heads(), blocks);
  }
}
