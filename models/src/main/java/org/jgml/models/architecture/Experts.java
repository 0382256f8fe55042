package org.jgml.models.architecture;

import org.jgml.models.gguf.GgufException;

/// The experts of a mixture's feed-forward part.
///
/// @param count how many there are; 0 for a dense model
/// @param used how many each token is sent to
/// @param feedForwardLength width inside an expert
/// @param sharedFeedForwardLength width inside the expert that every token is sent to, if the
///   architecture has one
public record Experts(int count, int used, int feedForwardLength, int sharedFeedForwardLength) {
  private static final Experts NONE = new Experts(0, 0, 0, 0);

  static Experts read(ModelKeys keys, int feedForwardLength) throws GgufException {
    if (keys.nonNegative("expert_count") == 0) {
      return NONE;
    }
    int count = keys.required("expert_count");
    int used = keys.required("expert_used_count");
    keys.require("expert_used_count", used <= count, "at most the " + count + " experts");
    return new Experts(
        count,
        used,
        keys.optional("expert_feed_forward_length", feedForwardLength),
        keys.optional("expert_shared_feed_forward_length", feedForwardLength));
  }

  /// Whether there are any.
  public boolean arePresent() {
    return count > 0;
  }
}
