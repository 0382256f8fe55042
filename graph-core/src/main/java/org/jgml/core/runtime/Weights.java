package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Where a graph's weights come from: dense bytes by name, usually of a mapped file.
@FunctionalInterface
public interface Weights {
  /// The bytes of a weight, laid out as its type says; valid as long as any session uses them.
  Optional<MemorySegment> bytes(String name);

  /// For graphs without weights.
  static Weights none() {
    return _ -> Optional.empty();
  }
}
