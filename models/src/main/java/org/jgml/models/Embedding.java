package org.jgml.models;

/// Vectors that stand for texts: the hidden states behind the output norm, pooled.
public final class Embedding {
  private Embedding() {}

  /// The vector of a text. What the session held is forgotten.
  ///
  /// @param tokens at least one
  /// @throws ContextFullException if the tokens do not fit
  public static float[] of(ModelSession session, int[] tokens, Pooling pooling) {
    session.rewind(0);
    return mean(session.hiddenStates(tokens, pooling.positions(tokens.length)));
  }

  /// The vector of a text that a model reads as a whole.
  ///
  /// @param tokens at least one
  /// @throws ContextFullException if there are more than the model reads
  public static float[] of(TextEncoder encoder, int[] tokens, Pooling pooling) {
    return mean(encoder.hiddenStates(tokens, pooling.positions(tokens.length)));
  }

  private static float[] mean(float[]... rows) {
    float[] mean = new float[rows[0].length];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (float[] row : rows) {
        sum += row[i];
      }
      mean[i] = (float) (sum / rows.length);
    }
    return mean;
  }

  /// The vector of length one in the same direction, measured by the p-norm; zeros stay zeros.
  ///
  /// @param p 1 for the sum of magnitudes, 2 for the length, and so on
  public static float[] normalised(int p, float... vector) {
    double powers = 0;
    for (float x : vector) {
      powers += Math.pow(Math.abs((double) x), p);
    }
    return scaled(vector, powers == 0 ? 0 : Math.pow(powers, -1.0 / p));
  }

  /// The vector scaled so that the largest magnitude is `most`; zeros stay zeros.
  public static float[] scaledTo(double most, float... vector) {
    double largest = 0;
    for (float x : vector) {
      largest = Math.max(largest, Math.abs(x));
    }
    return scaled(vector, largest == 0 ? 0 : most / largest);
  }

  private static float[] scaled(float[] vector, double scale) {
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] * scale);
    }
    return unit;
  }
}
