package org.jgml.kvcache;

import org.jgml.core.runtime.Execution;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// The cache of one session at work: it says which graph to run, writes the inputs of its part and
/// does what is due between runs. Confined to one thread at a time.
///
/// For each batch: [#begin], an execution of a graph of [#cache], [#write], the run, [#end]. If it
/// [#canGiveUp], the run may have ended early, and there is no [#end] then.
public interface CacheDriver extends AutoCloseable {
  /// The cache to build graphs with; it may be another after [#begin] or [#end].
  KvCache cache();

  /// Makes room for the tokens of the next batch; executions made before may be void afterwards.
  void begin(int tokens);

  /// Writes the inputs of the cache for the next batch.
  void write(Execution execution, int tokens);

  /// Whether a batch may be given up while it runs, and another one begin in its place.
  boolean canGiveUp();

  /// Takes note that the batch has run.
  void end(int tokens);

  /// Makes it hold tokens that no model has read, with keys and values from a source. It holds none
  /// yet, and its states are there.
  void inject(int tokens, SyntheticRows source);

  /// Tokens that it holds.
  int length();

  /// The greatest length up to this one to which it can return.
  int rewindPoint(int length);

  /// Forgets all tokens from a position on.
  ///
  /// @param length a [#rewindPoint]
  void rewind(int length);

  /// What it holds and did so far.
  CacheReport report();

  /// What another session must have in common with this one to go on from it.
  CacheShape shape();

  /// Rows of a state that are to be saved, from the first on.
  ///
  /// @param rows how many it has
  int savedRows(String state, int rows);

  /// Saves what is not in states.
  void save(SessionWriter writer);

  /// Goes on from a saved session; nothing was read yet. States are filled afterwards.
  void restore(SavedSession saved);

  @Override
  void close();
}
