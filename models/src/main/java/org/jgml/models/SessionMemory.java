package org.jgml.models;

import org.jgml.core.runtime.Execution;
import org.jgml.kvcache.CacheDriver;
import org.jgml.kvcache.CacheReport;
import org.jgml.kvcache.SyntheticRows;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// What a session remembers of the tokens that it has read: the tokens, what its cache holds for
/// layers that attend, and the states of recurrent layers.
///
/// @param cache at work
record SessionMemory(ReadTokens held, CacheDriver cache, RecurrentStates recurrent)
    implements AutoCloseable {
  private static final String TOKENS = "tokens";

  int length() {
    return held.count();
  }

  /// The greatest length up to this one to which all of it can return.
  int rewindPoint(int wanted) {
    int point = Math.min(wanted, length());
    int tried;
    do {
      tried = point;
      point = cache.rewindPoint(recurrent.rewindPoint(tried, length()));
    } while (point != tried);
    return point;
  }

  /// Forgets all tokens from position `newLength` on.
  ///
  /// @throws IllegalArgumentException if there are not so many, or it cannot return there
  void rewind(int newLength) {
    if (newLength < 0 || newLength > length()) {
      throw new IllegalArgumentException(
          "cannot rewind to %d tokens, the session has %d".formatted(newLength, length()));
    }
    int possible = rewindPoint(newLength);
    if (possible != newLength) {
      boolean isWindow = cache.rewindPoint(newLength) != newLength;
      throw new IllegalArgumentException(
          "cannot rewind from %d to %d tokens: %s. Fix: rewind to %d, and read from there"
              .formatted(
                  length(),
                  newLength,
                  isWindow
                      ? "what came before them is not in the window any more"
                      : "recurrent layers of this model remember all tokens together",
                  possible));
    }
    recurrent.rewind(newLength, length());
    cache.rewind(newLength);
    held.truncate(newLength);
  }

  /// Makes it hold tokens that no model has read. The states are there.
  void inject(int count) {
    try (SyntheticRows source = new SyntheticRows(count)) {
      cache.inject(count, source);
    }
    held.add(new int[count]);
    keep();
  }

  /// Begins a batch.
  ///
  /// @throws IllegalStateException if the one before failed half-way, and nothing was done since
  void begin(int tokens) {
    if (recurrent.areTorn()) {
      throw new IllegalStateException(
          "the last batch failed half-way, and recurrent layers of this model remember a part of it. Fix: rewind to %d tokens, and read from there"
              .formatted(rewindPoint(length())));
    }
    cache.begin(tokens);
  }

  /// Writes the inputs of the batch, which runs next.
  void write(Execution execution, int tokens) {
    cache.write(execution, tokens);
    recurrent.begin();
  }

  /// Whether a batch may be given up while it runs.
  boolean canGiveUp() {
    return cache.canGiveUp() && !recurrent.arePresent();
  }

  /// Takes note that a batch was read.
  void end(int... batch) {
    recurrent.end();
    held.add(batch);
    cache.end(batch.length);
  }

  /// Remembers where it is, to return there.
  void keep() {
    recurrent.keep(length());
  }

  CacheReport report() {
    return cache.report().plusDeviceBytes(recurrent.bytes());
  }

  /// Rows of a state that are to be saved, from the first on.
  ///
  /// @param rows how many it has
  int savedRows(String state, int rows) {
    return recurrent.have(state) ? rows : cache.savedRows(state, rows);
  }

  /// Saves what is not in states.
  void save(SessionWriter writer) {
    writer.ints(TOKENS, held.toArray());
    cache.save(writer);
    recurrent.save(writer);
  }

  /// Goes on from a saved session, but for the states.
  void restore(SavedSession saved) {
    saved.require(cache.shape());
    cache.restore(saved);
    recurrent.restore(saved);
    held.add(saved.ints(TOKENS));
  }

  @Override
  public void close() {
    cache.close();
    recurrent.close();
  }
}
