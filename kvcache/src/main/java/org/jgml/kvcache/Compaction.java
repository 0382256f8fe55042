package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// Moves the rows of a [NearStore] that are still needed to its front; keys are rotated anew, from
/// the unrotated ones, since their rows are their positions.
///
/// @param store the rows
/// @param withAttention whether the attention that tokens got moves with them
record Compaction(NearStore store, boolean withAttention) implements SideGraph {
  static final String FROM = "cache.move.from";
  static final String TO = "cache.move.to";

  @Override
  public SideGraph.Part begin(GraphBuilder g) {
    Node from = g.input(FROM, DataType.I32, store.moved());
    Node to = g.input(TO, DataType.I32, store.moved());
    return new Part(store, withAttention, from, to, new ArrayList<>());
  }

  private record Part(
      NearStore store, boolean withAttention, Node from, Node to, List<Node> outputs)
      implements SideGraph.Part {
    @Override
    public Node attend(GraphBuilder g, LayerAttention layer) {
      LayerShape shape = LayerShape.of(layer);
      int index = layer.layer();
      int heads = shape.keyHeads();
      Node raw = g.getRows(store.rawKeys(index).state(g, heads, shape.headSize()), from);
      Node keys = g.reshape(raw, store.moved(), heads, shape.headSize());
      Node rotated = layer.rotation().rotate(g, keys, to);
      outputs.add(store.keys(index).write(g, rotated, to));
      outputs.add(store.rawKeys(index).write(g, keys, to));
      outputs.add(store.values(index).move(g, heads, shape.valueSize(), from, to));
      if (withAttention && InfLlmKvCache.remembers(shape)) {
        outputs.add(AttentionSums.rows(store, index).move(g, shape.heads(), 1, from, to));
      }
      if (!layer.rotation().leavesPositionZero()) {
        outputs.add(store.farKeys(index).move(g, heads, shape.headSize(), from, to));
      }
      return SideGraphs.placeholder(g, layer);
    }

    @Override
    public int reach() {
      return store.window();
    }
  }
}
