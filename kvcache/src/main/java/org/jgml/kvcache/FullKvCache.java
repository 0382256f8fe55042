package org.jgml.kvcache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.graph.Compositions;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Unary;
import org.jgml.core.runtime.Execution;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// Every key and value of the sequence, keys rotated as they are stored: row `i` is position `i`.
///
/// @param capacity tokens that fit
/// @param keyType element type of stored keys
/// @param valueType element type of stored values
/// @param batchLength the most tokens of a run
public record FullKvCache(int capacity, DataType keyType, DataType valueType, int batchLength)
    implements KvCache {
  private static final String POSITIONS = "positions";
  private static final String LENGTH = "length";

  /// @throws IllegalArgumentException if the capacity is not positive
  public FullKvCache {
    if (capacity < 1) {
      throw new IllegalArgumentException("a cache holds at least 1 token, not " + capacity);
    }
  }

  @Override
  public long layerBytes(LayerShape layer) {
    return keyType.bytes((long) capacity * layer.keyLength())
        + valueType.bytes((long) capacity * layer.valueLength());
  }

  @Override
  public CacheGraph graph(GraphBuilder g, int tokens) {
    return new Part(this, g, g.input(POSITIONS, DataType.I32, tokens));
  }

  @Override
  public Map<String, String> facts() {
    return Map.of(
        "--kv",
        "full",
        "context length",
        Integer.toString(capacity),
        "cache types",
        keyType + " and " + valueType);
  }

  @Override
  public CacheDriver driver(CacheContext context) {
    return new Driver(this, context);
  }

  /// The input that holds the first position of each token's chunk.
  private static String chunkFirst(int length) {
    return "chunk.first." + length;
  }

  /// The states of a layer after the tokens of this run were written.
  private record Stored(Node keys, Node values) {}

  private static final class Part implements CacheGraph {
    private final FullKvCache cache;
    private final GraphBuilder root;
    private final Node positions;
    private final Map<Integer, Node> chunks = new HashMap<>();
    private final Map<Integer, Stored> stored = new HashMap<>();
    private Node nearness;

    Part(FullKvCache cache, GraphBuilder root, Node positions) {
      this.cache = cache;
      this.root = root;
      this.positions = positions;
    }

    @Override
    public Node attend(GraphBuilder g, LayerAttention layer) {
      Node query = layer.rotation().rotateQuery(g, layer.query(), positions);
      Stored states = stored.computeIfAbsent(layer.layer(), _ -> write(g, layer));
      if (layer.scores().chunked()) {
        Node first = chunks.computeIfAbsent(layer.scores().window(), this::chunkInput);
        return layer.finish(
            g, layer.partial(g, query, states.keys, states.values, first, positions));
      }
      Node seen = layer.scores().distanceBias() > 0 ? nearness() : positions;
      Stream<Node> operands =
          Stream.concat(Stream.of(query, states.keys, states.values, seen), layer.sinks().stream());
      return g.apply(attention(layer), operands.toArray(Node[]::new));
    }

    private Stored write(GraphBuilder g, LayerAttention layer) {
      StoredRows keys = new StoredRows("key." + layer.layer(), cache.capacity, cache.keyType);
      StoredRows values = new StoredRows("value." + layer.layer(), cache.capacity, cache.valueType);
      Node rotated = layer.rotation().rotate(g, layer.key(), positions);
      return new Stored(
          keys.write(g, rotated, positions), values.write(g, layer.value(), positions));
    }

    private Node chunkInput(int length) {
      return root.input(chunkFirst(length), DataType.I32, positions.type().shape().dim(0));
    }

    private static Attention attention(LayerAttention layer) {
      AttentionScores scores = layer.scores();
      float bias = scores.distanceBias();
      AttentionMask mask =
          bias > 0 ? AttentionMask.explicit() : new AttentionMask.Causal(scores.window());
      return new Attention(scores.scale(), scores.softCap(), bias, mask, layer.sinks().isPresent());
    }

    /// Minus the distance of each token to each row before it, minus infinity for those behind it:
    /// `[tokens, capacity]`.
    private Node nearness() {
      if (nearness == null) {
        Node place = root.cast(positions, DataType.F32);
        long tokens = positions.type().shape().dim(0);
        Node rows = Compositions.arange(root, 0, cache.capacity, 1);
        Node ahead =
            root.sub(root.reshape(rows, 1, cache.capacity), root.reshape(place, tokens, 1));
        // The logarithm of 1 or 0.
        Node isBefore = root.unary(Unary.Kind.STEP, root.scale(ahead, -1, 0.5f));
        nearness = root.add(ahead, root.unary(Unary.Kind.LOG, isBefore));
      }
      return nearness;
    }

    @Override
    public Node positions() {
      return positions;
    }

    @Override
    public int reach() {
      return cache.capacity;
    }
  }

  /// Rows are positions, so nothing but the length moves.
  private static final class Driver implements CacheDriver {
    private final FullKvCache cache;
    private final CacheContext context;
    private final List<Integer> chunks;
    private int length;

    Driver(FullKvCache cache, CacheContext context) {
      this.cache = cache;
      this.context = context;
      chunks =
          context.layers().stream()
              .map(LayerShape::scores)
              .filter(AttentionScores::chunked)
              .map(AttentionScores::window)
              .distinct()
              .toList();
    }

    @Override
    public KvCache cache() {
      return cache;
    }

    @Override
    public void begin(int tokens) {
      // There is room up to the capacity.
    }

    @Override
    public void write(Execution execution, int tokens) {
      int[] positions = IntStream.range(length, length + tokens).toArray();
      execution.write(POSITIONS, positions);
      for (int chunk : chunks) {
        execution.write(
            chunkFirst(chunk), IntStream.of(positions).map(at -> at / chunk * chunk).toArray());
      }
    }

    /// Rows of tokens that were not read to the end are behind the last, and written again.
    @Override
    public boolean canGiveUp() {
      return true;
    }

    @Override
    public void end(int tokens) {
      length += tokens;
    }

    @Override
    public void inject(int tokens, SyntheticRows source) {
      for (String state : context.stateNames()) {
        source.fill(context.session().state(state), 0, tokens);
      }
      length = tokens;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public int rewindPoint(int wanted) {
      return wanted;
    }

    @Override
    public void rewind(int wanted) {
      length = wanted;
    }

    @Override
    public CacheReport report() {
      return CacheReport.onDevice(context.layers().stream().mapToLong(cache::layerBytes).sum());
    }

    @Override
    public CacheShape shape() {
      return context.shape(cache, 0);
    }

    @Override
    public int savedRows(String state, int rows) {
      return length;
    }

    @Override
    public void save(SessionWriter writer) {
      writer.ints(LENGTH, length);
    }

    @Override
    public void restore(SavedSession saved) {
      length = saved.ints(LENGTH)[0];
    }

    @Override
    public void close() {
      // The states are the session's.
    }
  }
}
