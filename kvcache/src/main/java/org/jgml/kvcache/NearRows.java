package org.jgml.kvcache;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// Where the tokens of a session are in a [NearStore], and the numbers that graphs need to know of
/// it.
final class NearRows {
  private static final String PLACE = "near";

  private final NearStore store;
  private final Compaction compaction;
  private final CacheContext context;
  private final List<NearWindow> windows;
  private int length;
  private int shift;

  /// @param withAttention whether tokens have the attention that they got
  NearRows(NearStore store, boolean withAttention, CacheContext context) {
    this.store = store;
    this.compaction = new Compaction(store, withAttention);
    this.context = context;
    this.windows =
        context.layers().stream().map(layer -> NearWindow.of(store, layer)).distinct().toList();
  }

  NearStore store() {
    return store;
  }

  /// Tokens read so far.
  int length() {
    return length;
  }

  /// The row of a token that is in the store.
  int row(int token) {
    return token < store.initial() ? token : token - shift;
  }

  /// Moves rows if the next tokens would not fit.
  void makeRoom(int tokens) {
    if (length - shift + tokens > store.rows()) {
      move();
    }
  }

  private void move() {
    int from = length - store.moved();
    Session session = context.session();
    Execution execution = session.execution(context.plan(compaction));
    execution.write(Compaction.FROM, rows(from, store.moved()));
    execution.write(
        Compaction.TO, IntStream.range(store.initial(), store.initial() + store.moved()).toArray());
    execution.run();
    shift = from - store.initial();
  }

  /// Writes the inputs of [NearGraph] that the graph has.
  ///
  /// @param farPosition where queries stand when they look at what is far away
  void write(Execution execution, int tokens, int farPosition) {
    write(execution, NearGraph.ROWS, rows(length, tokens));
    write(execution, NearGraph.ZEROS, new int[tokens]);
    write(execution, NearGraph.FAR_POSITIONS, same(tokens, farPosition));
    for (NearWindow window : windows) {
      write(execution, window.input(), firsts(tokens, window));
    }
  }

  static void write(Execution execution, String input, int... values) {
    if (execution.hasInput(input)) {
      execution.write(input, values);
    }
  }

  static void write(Execution execution, String input, float... values) {
    if (execution.hasInput(input)) {
      execution.write(input, values);
    }
  }

  /// The rows of tokens that follow each other in the text.
  private int[] rows(int token, int count) {
    return IntStream.range(token, token + count).map(this::row).toArray();
  }

  static int[] same(int tokens, int value) {
    int[] values = new int[tokens];
    Arrays.fill(values, value);
    return values;
  }

  /// The first row that each query of the next tokens sees in its window.
  private int[] firsts(int tokens, NearWindow window) {
    return IntStream.range(length, length + tokens)
        .map(token -> row(window.first(token)))
        .toArray();
  }

  void add(int tokens) {
    length += tokens;
  }

  /// Has a text of this length behind it, as if rows had been moved at its last token.
  void place(int tokens) {
    length = tokens;
    shift = tokens <= store.rows() ? 0 : tokens - store.moved() - store.initial();
  }

  /// The oldest token behind the first ones that is still in the store.
  int oldest() {
    return shift == 0 ? 0 : shift + store.initial();
  }

  /// Whether a text of this length has its whole window in the store.
  boolean holdsWindow(int tokens) {
    return shift == 0 || tokens - store.window() + 1 >= oldest();
  }

  /// Rows that hold tokens, or did.
  int used() {
    return length == 0 ? 0 : Math.max(row(length - 1) + 1, Math.min(length, store.initial()));
  }

  void save(SessionWriter writer) {
    writer.ints(PLACE, length, shift);
  }

  void restore(SavedSession saved) {
    int[] place = saved.ints(PLACE);
    length = place[0];
    shift = place[1];
  }

  void rewind(int tokens) {
    length = tokens;
    if (tokens == 0) {
      shift = 0;
    }
  }
}
