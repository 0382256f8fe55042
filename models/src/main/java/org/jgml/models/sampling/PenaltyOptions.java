package org.jgml.models.sampling;

/// How much less likely recent tokens become.
///
/// @param repeat divides positive logits of recent tokens, multiplies negative ones; 1 for off
/// @param frequency subtracted from the logit for each occurrence; 0 for off
/// @param presence subtracted from the logit of what occurs at all; 0 for off
/// @param lastN how many of the last tokens are recent; 0 for none, negative for all
public record PenaltyOptions(float repeat, float frequency, float presence, int lastN) {
  /// @throws IllegalArgumentException if a number makes no sense
  public PenaltyOptions {
    Bounds.positive("repeat penalty", repeat);
    Bounds.finite("frequency penalty", frequency);
    Bounds.finite("presence penalty", presence);
  }

  /// Off, over the last 64 tokens once a penalty is set.
  public static PenaltyOptions defaults() {
    return new PenaltyOptions(1, 0, 0, 64);
  }

  boolean isOff() {
    return lastN == 0 || repeat == 1 && frequency == 0 && presence == 0;
  }
}
