package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// Makes a block of tokens that have left the window: reads its keys and values out as they will be
/// at rest, and writes its row of the index.
///
/// @param cache with an index that has room for the block
record Sealing(InfLlmKvCache cache) implements SideGraph {
  static final String ROWS = "cache.seal.rows";
  static final String BLOCK = "cache.seal.block";

  /// The output that holds the keys of a layer.
  static String keys(int layer) {
    return "seal.key." + layer;
  }

  /// The output that holds the values of a layer.
  static String values(int layer) {
    return "seal.value." + layer;
  }

  /// The output that holds the tokens that represent the block, I32 `[heads, count]`.
  static String representatives(int layer) {
    return "seal.representatives." + layer;
  }

  @Override
  public SideGraph.Part begin(GraphBuilder g) {
    Node rows = g.input(ROWS, DataType.I32, cache.parameters().blockSize());
    return new Part(cache, g, rows, g.input(BLOCK, DataType.I32, 1), new ArrayList<>());
  }

  private record Part(
      InfLlmKvCache cache, GraphBuilder root, Node rows, Node block, List<Node> outputs)
      implements SideGraph.Part {
    @Override
    public Node attend(GraphBuilder g, LayerAttention layer) {
      LayerShape shape = LayerShape.of(layer);
      if (InfLlmKvCache.remembers(shape)) {
        seal(g, layer, shape);
      }
      return SideGraphs.placeholder(g, layer);
    }

    private void seal(GraphBuilder g, LayerAttention layer, LayerShape shape) {
      int index = layer.layer();
      NearStore store = cache.near();
      StoredRows farKeys =
          layer.rotation().leavesPositionZero() ? store.rawKeys(index) : store.farKeys(index);
      Node keys = read(g, farKeys.state(g, shape.keyHeads(), shape.headSize()), keys(index));
      StoredRows stored = store.values(index);
      Node values = read(g, stored.state(g, shape.keyHeads(), shape.valueSize()), values(index));
      Node sums = AttentionSums.rows(store, index).state(g, shape.heads(), 1);
      GraphBuilder named = root.named(representatives(index));
      Node attention = g.getRows(sums, rows);
      List<Node> indexed =
          new BlockIndex(cache).seal(g, named, index, shape, keys, attention, block);
      outputs.addAll(indexed);
    }

    /// Reads the rows of the block, and gives them as they are stored to an output of this name.
    private Node read(GraphBuilder g, Node state, String output) {
      boolean isPlain = state.type().dataType() == DataType.F32;
      Node read = (isPlain ? root.named(output) : g).getRows(state, rows);
      outputs.add(isPlain ? read : root.named(output).cast(read, state.type().dataType()));
      return read;
    }

    @Override
    public int reach() {
      return cache.parameters().localWindow();
    }
  }
}
