package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionColumnSums.Summand;
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
  private final BlockSelection selection;
  private final NearStore store;
  private final NearGraph near;
  private final int tokens;
  private final Set<Integer> remembering = new HashSet<>();

  InfLlmGraph(InfLlmKvCache cache, GraphBuilder root, int tokens) {
    this.cache = cache;
    this.selection = cache.parameters().selection();
    this.store = cache.near();
    this.near = new NearGraph(store, root, tokens);
    this.tokens = tokens;
  }

  /// The function that turns selected blocks into slots of the pool and begins to load them.
  static String resolveName(int layer) {
    return "cache.resolve." + layer;
  }

  /// The function that does the same for as many blocks as keep the missed attention small.
  static String limitName(int layer) {
    return "cache.limit." + layer;
  }

  /// The function that waits until blocks are there.
  static String awaitName(int layer) {
    return "cache.await." + layer;
  }

  /// The function that bounds the missed attention.
  static String missedName(int layer) {
    return "cache.missed." + layer;
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
      NearWindow window = NearWindow.of(store, shape);
      return layer.finish(g, near.near(g, layer, query, rows, window));
    }
    CacheLengths.require(
        remembering.add(layer.layer()),
        "layers of this model share keys; InfLLM selects blocks for one layer only. Fix: use --kv"
            + " full or window");
    Node farQuery = near.farQuery(g, layer);
    Supplier<Node> known = () -> known(g, layer, query, farQuery, rows);
    Node merged =
        cache.hasBlocks(shape)
            ? withBlocks(new Lookup(g, layer, shape, farQuery), known)
            : known.get();
    Summand measure = selection.scorer().measure();
    if (measure != null) {
      AttentionSums.add(g, near, layer, store, measure, rows, query, merged);
    }
    return layer.finish(g, merged);
  }

  /// Attention to what is not in blocks.
  private Node known(
      GraphBuilder g, LayerAttention layer, Node query, Node farQuery, NearGraph.Rows rows) {
    List<Node> parts = new ArrayList<>();
    parts.add(near.near(g, layer, query, rows, NearWindow.of(store)));
    if (store.initial() > 0) {
      parts.add(near.initial(g, layer, farQuery, rows.farKeys(), rows));
    }
    parts.add(tail(g, layer, farQuery, rows));
    return merge(g, parts);
  }

  /// The same and attention to blocks, which begin to load before, unless what is known decides how
  /// many.
  private static Node withBlocks(Lookup lookup, Supplier<Node> known) {
    Node early = lookup.isLimited() ? null : lookup.resolve();
    Node rest = known.get();
    Node slots = early == null ? lookup.resolve(rest) : early;
    Node all = merge(lookup.g, List.of(rest, lookup.attend(slots)));
    lookup.boundMissedMass(all);
    return all;
  }

  private static Node merge(GraphBuilder g, List<Node> parts) {
    return g.apply(new AttentionMerge(parts.size()), parts.toArray(Node[]::new));
  }

  /// Attention to tokens that have left the window and are in no block yet.
  private Node tail(GraphBuilder g, LayerAttention layer, Node query, NearGraph.Rows rows) {
    Node first = near.input(TAIL_FIRST);
    Node last = near.input(TAIL_LAST);
    return layer.partial(g, query, rows.farKeys(), rows.values(), first, last);
  }

  /// The part of one layer that finds blocks and attends to them.
  private final class Lookup {
    private final GraphBuilder g;
    private final LayerAttention layer;
    private final LayerShape shape;
    private final Node query;
    private Node bounds;

    Lookup(GraphBuilder g, LayerAttention layer, LayerShape shape, Node query) {
      this.g = g;
      this.layer = layer;
      this.shape = shape;
      this.query = query;
    }

    /// Whether as many blocks are looked at as keep the missed attention small.
    boolean isLimited() {
      return tokens == 1 && selection.missed() instanceof MissedMass.Limited && cache.selecting();
    }

    /// The slots of the selected blocks, and behind them the last of their keys.
    Node resolve() {
      List<Node> found = new ArrayList<>();
      if (cache.selecting()) {
        for (BlockIndex index : BlockIndex.all(cache)) {
          found.addAll(index.select(g, layer.layer(), shape, query));
        }
      }
      return call(resolveName(layer.layer()), slots(), found);
    }

    /// The same for as many blocks as the bounds of what they contribute ask for.
    ///
    /// @param known what is attended to without blocks
    Node resolve(Node known) {
      return call(limitName(layer.layer()), slots(), List.of(bounds(), known));
    }

    private TensorType slots() {
      return TensorType.of(DataType.I32, cache.lookupBlocks(tokens) + 1L);
    }

    private Node call(String function, TensorType result, List<Node> operands) {
      String[] names =
          IntStream.range(0, operands.size()).mapToObj(i -> "x." + i).toArray(String[]::new);
      return g.apply(HostCall.bound(function, result, names), operands.toArray(Node[]::new));
    }

    private Node bounds() {
      if (bounds == null) {
        BlockIndex boxes =
            BlockIndex.all(cache).stream()
                .filter(index -> index.summary() instanceof BoxSummary)
                .findFirst()
                .orElseThrow();
        bounds = boxes.bounds(g, layer.layer(), shape, query);
      }
      return bounds;
    }

    /// Attention to the blocks in these slots.
    Node attend(Node resolved) {
      int index = layer.layer();
      int count = cache.lookupBlocks(tokens);
      Node slots = call(awaitName(index), resolved.type(), List.of(resolved));
      Node table = g.slice(slots, 0, 0, count);
      Node last = g.broadcast(g.slice(slots, 0, count, 1), tokens);
      AttentionScores scores = layer.scores();
      int blockSize = cache.parameters().blockSize();
      AttentionPartial op = new AttentionPartial(scores.scale(), scores.softCap(), blockSize);
      Node keys = cache.pooledKeys(index).show(g, shape.keyHeads(), shape.headSize());
      Node values = cache.pooledValues(index).show(g, shape.keyHeads(), shape.valueSize());
      return g.apply(op, query, keys, values, near.input(NearGraph.ZEROS), last, table);
    }

    /// Has the share of attention bounded that blocks would get which are not looked at.
    void boundMissedMass(Node merged) {
      if (tokens == 1 && !(selection.missed() instanceof MissedMass.Ignored)) {
        TensorType shares = TensorType.of(DataType.F32, shape.heads());
        call(missedName(layer.layer()), shares, List.of(bounds(), merged));
      }
    }
  }
}
