package org.jgml.models.sampling;

import java.util.List;

/// How sequences that would repeat what the text has already are discouraged.
///
/// @param multiplier of the penalty; 0 for off
/// @param base of the penalty's growth with the length of the repetition
/// @param allowedLength repetitions up to one token shorter than this cost nothing
/// @param lastN how many of the last tokens are searched; 0 for none, negative for all
/// @param breakers texts over which no repetition extends
public record DryOptions(
    float multiplier, float base, int allowedLength, int lastN, List<String> breakers) {
  /// @throws IllegalArgumentException if a number makes no sense, or a breaker is empty
  public DryOptions {
    Bounds.finite("DRY multiplier", multiplier);
    Bounds.notNegative("DRY base", base);
    Bounds.notNegative("DRY allowed length", allowedLength);
    breakers = List.copyOf(breakers);
    if (breakers.contains("")) {
      throw new IllegalArgumentException("a DRY sequence breaker must not be empty");
    }
  }

  /// Off; base 1.75, two tokens, the whole text, and usual breakers once a multiplier is set.
  public static DryOptions defaults() {
    return new DryOptions(0, 1.75f, 2, -1, List.of("\n", ":", "\"", "*"));
  }

  // As llama.cpp: a base below 1 would reward longer repetitions.
  boolean isOff() {
    return multiplier == 0 || base < 1 || lastN == 0;
  }
}
