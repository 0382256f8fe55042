package org.jgml.core.op;

/// Attention with linear biases (Press et al., *Train Short, Test Long*): each head multiplies the
/// mask, which holds distances, by a slope of its own.
public final class Alibi {
  private Alibi() {}

  /// The slope of a head; 1 if `maxBias` is 0, which switches the method off.
  ///
  /// For `n` heads, a power of two, slopes are `2^(-maxBias·(head+1)/n)`; further heads take every
  /// second slope of the sequence for `2n`.
  public static double slope(double maxBias, int heads, int head) {
    int n = Integer.highestOneBit(heads);
    double steps = head < n ? head + 1 : head - n + 0.5;
    return Math.pow(2, -maxBias * steps / n);
  }

  /// The slopes of all heads, as kernels take them.
  public static float[] slopes(double maxBias, int heads) {
    float[] slopes = new float[heads];
    for (int head = 0; head < heads; head++) {
      slopes[head] = (float) slope(maxBias, heads, head);
    }
    return slopes;
  }
}
