package org.jgml.kvcache.tier;

import java.util.List;

/// Which block of a full pool makes room for another. Never changes a result, only how often blocks
/// are loaded.
public sealed interface ReplacementPolicy {
  /// The names that [#named] knows.
  List<String> NAMES = List.of("lru", "lru-s", "fifo");

  /// The block that was asked for longest ago.
  record Lru() implements ReplacementPolicy {}

  /// The block with the lowest frequency score, which each lookup multiplies by `decay` and raises
  /// by one if it asks for the block; among equals the one asked for longest ago.
  ///
  /// InfLLM, section 3.3, adds the attention that the block's tokens received instead of one. The
  /// published code also sets the score of a block to zero whenever it is asked for; this does not.
  ///
  /// @param decay from 0 to 1; the paper uses 0.1
  record FrequencyScore(double decay) implements ReplacementPolicy {
    /// @throws IllegalArgumentException if the decay is not from 0 to 1
    public FrequencyScore {
      if (!(decay >= 0 && decay <= 1)) {
        throw new IllegalArgumentException("score decay must be from 0 to 1, is " + decay);
      }
    }
  }

  /// The block that was loaded first.
  record Fifo() implements ReplacementPolicy {}

  /// The policy of a published name: `lru`, `lru-s` or `fifo`.
  ///
  /// @param decay of `lru-s`
  /// @throws IllegalArgumentException naming those there are
  static ReplacementPolicy named(String name, double decay) {
    return switch (name) {
      case "lru" -> new Lru();
      case "lru-s" -> new FrequencyScore(decay);
      case "fifo" -> new Fifo();
      default ->
          throw new IllegalArgumentException(
              "no cache strategy '%s'. Fix: use one of %s.".formatted(name, NAMES));
    };
  }
}
