package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// Makes a block of tokens that have left the window known: writes its rows of the index.
///
/// @param cache with an index that has room for the block
record Sealing(InfLlmKvCache cache) implements SideGraph {
  static final String ROWS = "cache.seal.rows";
  static final String BLOCK = "cache.seal.block";
  static final String GROUP = "cache.seal.group";

  /// The output that holds the tokens that represent the block, I32 `[heads, count]`.
  static String representatives(int layer) {
    return "seal.representatives." + layer;
  }

  /// The input that holds the rows of the index of this block.
  static String indexRows(int rowsPerBlock) {
    return "cache.seal.index." + rowsPerBlock;
  }

  /// The input that holds the rows of its group.
  static String members(int rowsPerBlock) {
    return "cache.seal.members." + rowsPerBlock;
  }

  /// The input that holds the weights of these rows in a mean.
  static String weights(int rowsPerBlock) {
    return "cache.seal.weights." + rowsPerBlock;
  }

  @Override
  public SideGraph.Part begin(GraphBuilder g) {
    Node rows = g.input(ROWS, DataType.I32, cache.parameters().blockSize());
    Node block = g.input(BLOCK, DataType.I32, 1);
    Node group = g.input(GROUP, DataType.I32, 1);
    Map<Integer, BlockIndex.Places> places = new HashMap<>();
    for (BlockIndex index : BlockIndex.all(cache)) {
      places.computeIfAbsent(index.summary().rowsPerBlock(), count -> places(g, group, count));
    }
    return new Part(cache, g, rows, block, places, new ArrayList<>());
  }

  private static BlockIndex.Places places(GraphBuilder g, Node group, int rowsPerBlock) {
    int members = BlockSelection.GROUP_BLOCKS * rowsPerBlock;
    return new BlockIndex.Places(
        g.input(indexRows(rowsPerBlock), DataType.I32, rowsPerBlock),
        group,
        g.input(members(rowsPerBlock), DataType.I32, members),
        g.input(weights(rowsPerBlock), DataType.F32, 1, members));
  }

  private record Part(
      InfLlmKvCache cache,
      GraphBuilder root,
      Node rows,
      Node block,
      Map<Integer, BlockIndex.Places> places,
      List<Node> outputs)
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
      Node keys = g.getRows(farKeys.state(g, shape.keyHeads(), shape.headSize()), rows);
      boolean isMeasured = cache.parameters().selection().scorer().measure() != null;
      Node attention = isMeasured ? attention(g, index, shape) : null;
      for (BlockIndex each : BlockIndex.all(cache)) {
        GraphBuilder named = root.named(representatives(index));
        Node summarised = each.summary().summarise(g, named, shape, keys, attention);
        BlockIndex.Places at = places.get(each.summary().rowsPerBlock());
        outputs.addAll(each.write(g, index, shape, summarised, at));
      }
      outputs.add(BlockIndex.writePresence(g, cache, index, block));
      if (isMeasured) {
        outputs.add(root.node(representatives(index)));
      }
    }

    private Node attention(GraphBuilder g, int layer, LayerShape shape) {
      Node sums = AttentionSums.rows(cache.near(), layer).state(g, shape.heads(), 1);
      return g.getRows(sums, rows);
    }

    @Override
    public int reach() {
      return cache.parameters().localWindow();
    }
  }
}
