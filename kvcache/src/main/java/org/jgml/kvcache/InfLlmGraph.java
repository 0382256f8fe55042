package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.HostCall;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// InfLLM's attention (section 3.1): one softmax over the window, the first tokens, the tokens that
/// are in no block yet, and the selected blocks. All but the window are looked at from its far end,
/// whatever their distance.
final class InfLlmGraph implements CacheGraph {
  static final String TAIL_FIRST = "cache.tail.first";
  static final String TAIL_LAST = "cache.tail.last";

  private final InfLlmKvCache cache;
  private final NearStore store;
  private final NearGraph near;
  private final int tokens;

  InfLlmGraph(InfLlmKvCache cache, GraphBuilder root, int tokens) {
    this.cache = cache;
    this.store = cache.near();
    this.near = new NearGraph(store, root, tokens);
    this.tokens = tokens;
  }

  /// The function that turns selected blocks into slots of the pool and begins to load them.
  static String resolve(int layer) {
    return "cache.resolve." + layer;
  }

  /// The function that waits until they are there.
  static String await(int layer) {
    return "cache.await." + layer;
  }

  @Override
  public int reach() {
    return store.window();
  }

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    LayerShape shape = LayerShape.of(layer);
    NearGraph.Rows rows = near.write(g, layer);
    Node query = near.nearQuery(g, layer);
    if (!InfLlmKvCache.remembers(shape)) {
      int window = NearRows.window(store, shape);
      return g.apply(new AttentionFinish(), near.near(g, layer, query, rows, window));
    }
    Node farQuery = near.farQuery(g, layer);
    Node slots = cache.hasBlocks(shape) ? resolved(g, layer, shape, farQuery) : null;
    List<Node> parts = new ArrayList<>();
    parts.add(near.near(g, layer, query, rows, store.window()));
    if (store.initial() > 0) {
      parts.add(near.initial(g, layer, farQuery, rows.farKeys(), rows));
    }
    parts.add(tail(g, layer, farQuery, rows));
    if (slots != null) {
      parts.add(blocks(g, layer, shape, farQuery, slots));
    }
    Node merged = g.apply(new AttentionMerge(parts.size()), parts.toArray(Node[]::new));
    if (cache.parameters().scorer().needsAttentionSums()) {
      AttentionSums.add(g, near, layer, store, rows, query, merged);
    }
    return g.apply(new AttentionFinish(), merged);
  }

  /// The slots of the selected blocks, and behind them the last of their keys.
  private Node resolved(GraphBuilder g, LayerAttention layer, LayerShape shape, Node query) {
    Node selected = new BlockIndex(cache).select(g, layer.layer(), shape, query);
    TensorType slots = TensorType.of(DataType.I32, cache.parameters().selectedBlocks() + 1L);
    return g.apply(HostCall.bound(resolve(layer.layer()), slots, "blocks"), selected);
  }

  /// Attention to tokens that have left the window and are in no block yet.
  private Node tail(GraphBuilder g, LayerAttention layer, Node query, NearGraph.Rows rows) {
    Node first = near.input(TAIL_FIRST);
    Node last = near.input(TAIL_LAST);
    return NearGraph.partial(g, layer, query, rows.farKeys(), rows.values(), first, last);
  }

  private Node blocks(
      GraphBuilder g, LayerAttention layer, LayerShape shape, Node query, Node resolved) {
    int index = layer.layer();
    int selected = cache.parameters().selectedBlocks();
    HostCall await = HostCall.bound(await(index), resolved.type(), "slots");
    Node slots = g.apply(await, resolved);
    Node table = g.slice(slots, 0, 0, selected);
    Node last = g.broadcast(g.slice(slots, 0, selected, 1), tokens);
    AttentionPartial op =
        new AttentionPartial(
            layer.scores().scale(), layer.scores().softCap(), cache.parameters().blockSize());
    Node keys = cache.pooledKeys(index).show(g, shape.keyHeads(), shape.headSize());
    Node values = cache.pooledValues(index).show(g, shape.keyHeads(), shape.valueSize());
    return g.apply(op, query, keys, values, near.input(NearGraph.ZEROS), last, table);
  }
}
