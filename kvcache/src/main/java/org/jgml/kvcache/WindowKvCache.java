package org.jgml.kvcache;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.runtime.Execution;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// The last tokens of a text and the first ones, which draw attention whatever they are ("sinks");
/// what lies between is forgotten. Memory is bounded, the text is not.
///
/// @param capacity tokens that it may read
/// @param store where tokens are
/// @param positions where the first tokens seem to stand once they have left the window
public record WindowKvCache(int capacity, NearStore store, SinkPositions positions)
    implements KvCache {
  /// Where queries and the first tokens seem to stand.
  public enum SinkPositions {
    /// All first tokens at the distance of the oldest token of the window (Han et al. 2023,
    /// *LM-Infinite*).
    LM_INFINITE,
    /// As if the first tokens came right before the window (Xiao et al. 2023, *Efficient Streaming
    /// Language Models with Attention Sinks*).
    STREAMING_LLM
  }

  /// @throws IllegalArgumentException if a length makes no sense
  public WindowKvCache {
    CacheLengths.require(capacity >= 1, "a cache holds at least 1 token, not " + capacity);
    CacheLengths.require(
        store.initial() >= 0, "the first tokens to keep (--n-init) cannot be " + store.initial());
    CacheLengths.require(
        store.window() >= 1, "a window (--n-local) has at least 1 token, not " + store.window());
  }

  @Override
  public int batchLength() {
    return store.batch();
  }

  @Override
  public long layerBytes(LayerShape layer) {
    return store.layerBytes(layer);
  }

  @Override
  public CacheGraph graph(GraphBuilder g, int tokens) {
    return new Part(this, new NearGraph(store, g, tokens));
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new HashMap<>(store.facts());
    facts.put("--kv", "window");
    facts.put("sink positions", positions.toString());
    return facts;
  }

  @Override
  public CacheDriver driver(CacheContext context) {
    return new Driver(this, context);
  }

  /// The position of queries that look at the first tokens.
  private int farPosition() {
    return switch (positions) {
      case LM_INFINITE -> store.window() - 1;
      case STREAMING_LLM -> store.window() + store.initial() - 1;
    };
  }

  private record Part(WindowKvCache cache, NearGraph near) implements CacheGraph {
    @Override
    public Node attend(GraphBuilder g, LayerAttention layer) {
      NearWindow window = NearWindow.of(cache.store, LayerShape.of(layer));
      NearGraph.Rows rows = near.write(g, layer);
      Node seen = near.near(g, layer, near.nearQuery(g, layer), rows, window);
      if (layer.scores().window() == 0 && cache.store.initial() > 0) {
        Node sinks = near.initial(g, layer, near.farQuery(g, layer), sinkKeys(rows), rows);
        seen = g.apply(new AttentionMerge(2), seen, sinks);
      }
      return layer.finish(g, seen);
    }

    /// The rows of the first tokens are their positions.
    private Node sinkKeys(NearGraph.Rows rows) {
      return switch (cache.positions) {
        case LM_INFINITE -> rows.farKeys();
        case STREAMING_LLM -> rows.keys();
      };
    }

    @Override
    public int reach() {
      return cache.farPosition() + 1;
    }
  }

  private static final class Driver implements CacheDriver {
    private final WindowKvCache cache;
    private final CacheContext context;
    private final NearRows rows;

    Driver(WindowKvCache cache, CacheContext context) {
      this.cache = cache;
      this.context = context;
      this.rows = new NearRows(cache.store, false, context);
    }

    @Override
    public KvCache cache() {
      return cache;
    }

    @Override
    public void begin(int tokens) {
      rows.makeRoom(tokens);
    }

    @Override
    public void write(Execution execution, int tokens) {
      rows.write(execution, tokens, cache.farPosition());
      int[] lasts =
          IntStream.range(rows.length(), rows.length() + tokens)
              .map(token -> Math.min(cache.store.initial() - 1, token - cache.store.window()))
              .toArray();
      NearRows.write(execution, NearGraph.INITIAL_LAST, lasts);
    }

    /// Rows of tokens that were not read to the end are behind the last, and written again.
    @Override
    public boolean canGiveUp() {
      return true;
    }

    @Override
    public void end(int tokens) {
      rows.add(tokens);
    }

    @Override
    public void inject(int tokens, SyntheticRows source) {
      for (String state : context.stateNames()) {
        source.fill(context.session().state(state), 0, cache.store.rows());
      }
      rows.place(tokens);
    }

    @Override
    public int length() {
      return rows.length();
    }

    @Override
    public int rewindPoint(int wanted) {
      return rows.holdsWindow(wanted) ? wanted : 0;
    }

    @Override
    public void rewind(int wanted) {
      rows.rewind(wanted);
    }

    @Override
    public CacheReport report() {
      return CacheReport.onDevice(cache.store.bytes(context.layers()));
    }

    @Override
    public CacheShape shape() {
      return context.shape(cache, 0);
    }

    @Override
    public int savedRows(String state, int all) {
      return rows.used();
    }

    @Override
    public void save(SessionWriter writer) {
      rows.save(writer);
    }

    @Override
    public void restore(SavedSession saved) {
      rows.restore(saved);
    }

    @Override
    public void close() {
      // The states are the session's.
    }
  }
}
