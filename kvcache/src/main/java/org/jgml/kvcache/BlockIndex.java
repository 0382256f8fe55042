package org.jgml.kvcache;

import static org.jgml.kvcache.BlockSelection.GROUP_BLOCKS;

import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.MatMulId;
import org.jgml.core.op.MaxRows;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// What one scorer keeps of all blocks: rows of each block, and a row of each group of blocks.
///
/// @param cache its parameters and the number of blocks that there is room for
/// @param summary what rows are
record BlockIndex(InfLlmKvCache cache, BlockSummary summary) {
  /// A score that no block has.
  private static final float ABSENT = 1e30f;

  /// Whether a state is part of an index.
  static boolean isPart(String state) {
    return state.startsWith("cache.block.");
  }

  /// Inputs of [Sealing] that say where rows of a block are and which rows its group has.
  ///
  /// @param rows its own rows, I32 `[rowsPerBlock]`
  /// @param group the number of its group, I32 `[1]`
  /// @param members rows of the group, I32 `[GROUP_BLOCKS · rowsPerBlock]`
  /// @param weights of the members in a mean, F32 `[1, GROUP_BLOCKS · rowsPerBlock]`
  record Places(Node rows, Node group, Node members, Node weights) {}

  /// Those that the scorers of a cache have.
  static List<BlockIndex> all(InfLlmKvCache cache) {
    InfLlmParameters parameters = cache.parameters();
    return parameters.selection().scorer().parts().stream()
        .map(scorer -> new BlockIndex(cache, BlockSummary.of(scorer, parameters)))
        .toList();
  }

  /// 1 for each block that there is, `[blocks, 1]`.
  static StoredRows presence(InfLlmKvCache cache, int layer) {
    return new StoredRows("block.present." + layer, cache.blockCapacity(), DataType.F32);
  }

  private StoredRows rows(int layer) {
    int count = cache.blockCapacity() * summary.rowsPerBlock();
    return new StoredRows("block.%s.%d".formatted(summary.name(), layer), count, type());
  }

  private StoredRows groups(int layer) {
    int count = cache.blockCapacity() / GROUP_BLOCKS;
    return new StoredRows("block.group.%s.%d".formatted(summary.name(), layer), count, type());
  }

  private DataType type() {
    return cache.parameters().selection().indexType();
  }

  private int scannedBlocks() {
    return cache.parameters().selection().scannedBlocks();
  }

  long bytes(LayerShape layer) {
    int blocks = cache.blockCapacity();
    long rows = (long) blocks * summary.rowsPerBlock() + blocks / GROUP_BLOCKS;
    return type().bytes(rows * summary.rowLength(layer));
  }

  /// A state that grows with the number of blocks.
  record Growing(String name, TensorType type) {
    static Growing of(StoredRows rows, long length) {
      return new Growing(rows.fullName(), TensorType.of(rows.type(), rows.rows(), length));
    }
  }

  List<Growing> states(int layer, LayerShape shape) {
    int length = summary.rowLength(shape);
    return List.of(Growing.of(rows(layer), length), Growing.of(groups(layer), length));
  }

  /// The best blocks for a slice of queries together, the best first, I32 `[1, blocks]`; those that
  /// there are not come last. If groups were compared first, they are numbered through the best
  /// groups, which are the second node, I32 `[1, groups]`.
  ///
  /// @param query where far keys are looked at from, `[tokens, heads, headSize]`
  List<Node> select(GraphBuilder g, int layer, LayerShape shape, Node query) {
    Node row = summary.query(g, shape, query);
    return cache.blockCapacity() <= scannedBlocks()
        ? List.of(selectOfAll(g, layer, shape, row))
        : selectOfGroups(g, layer, shape, row);
  }

  private Node selectOfAll(GraphBuilder g, int layer, LayerShape shape, Node row) {
    Node products = g.matmul(row, rows(layer).state(g, 1, summary.rowLength(shape)));
    Node present = presence(cache, layer).state(g, 1, 1);
    return best(g, cache.parameters().selection().blocks(), ofBlocks(g, products), present);
  }

  private List<Node> selectOfGroups(GraphBuilder g, int layer, LayerShape shape, Node row) {
    int length = summary.rowLength(shape);
    int groups = cache.blockCapacity() / GROUP_BLOCKS;
    Node present = g.reshape(presence(cache, layer).state(g, 1, 1), groups, GROUP_BLOCKS);
    Node begun = g.slice(present, 1, 0, 1);
    Node groupScores = g.matmul(row, groups(layer).state(g, 1, length));
    Node chosen = best(g, scannedBlocks() / GROUP_BLOCKS, groupScores, begun);
    long groupRows = (long) GROUP_BLOCKS * summary.rowsPerBlock();
    Node table = g.reshape(rows(layer).state(g, 1, length), groups, groupRows, length);
    Node products = g.apply(new MatMulId(), g.reshape(row, 1, 1, length), table, chosen);
    Node there = g.getRows(present, g.reshape(chosen, chosen.type().shape().elements()));
    Node selected = best(g, cache.parameters().selection().blocks(), ofBlocks(g, products), there);
    return List.of(selected, chosen);
  }

  /// The scores of blocks, `[1, blocks]`, from those of their rows.
  private Node ofBlocks(GraphBuilder g, Node products) {
    long blocks = products.type().shape().elements() / summary.rowsPerBlock();
    Node perBlock = g.reshape(products, blocks, summary.rowsPerBlock());
    Node best = summary.rowsPerBlock() == 1 ? perBlock : g.apply(new MaxRows(), perBlock);
    return g.reshape(best, 1, blocks);
  }

  /// The best of scores, `[1, n]`, of what is there: 1 for each, in any shape.
  private static Node best(GraphBuilder g, int count, Node scores, Node present) {
    Node absence = g.scale(present, ABSENT, -ABSENT);
    Node masked = g.add(scores, g.reshape(absence, 1, scores.type().shape().rowLength()));
    return g.apply(new TopK(count), masked);
  }

  /// Bounds of the products of each query head with the keys of each block, `[heads, blocks]`, if
  /// rows are boxes.
  Node bounds(GraphBuilder g, int layer, LayerShape shape, Node query) {
    Node rows = rows(layer).show(g, 1, summary.rowLength(shape));
    return ((BoxSummary) summary).bounds(g, shape, query, rows);
  }

  /// Writes the rows of a block and of its group.
  ///
  /// @param summarised the rows of the block
  /// @return the written states
  List<Node> write(GraphBuilder g, int layer, LayerShape shape, Node summarised, Places at) {
    Node rows = rows(layer).write(g, summarised, at.rows());
    long count = rows.type().shape().dim(0);
    Node flat = g.reshape(rows, count, summary.rowLength(shape));
    Node group = summary.group(g, g.getRows(flat, at.members()), at.weights());
    return List.of(rows, groups(layer).write(g, group, at.group()));
  }

  /// Notes that a block is there.
  static Node writePresence(GraphBuilder g, InfLlmKvCache cache, int layer, Node block) {
    Node one = g.constant(Shape.of(1, 1, 1), 1);
    return presence(cache, layer).write(g, one, block);
  }
}
