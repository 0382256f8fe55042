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

  /// The vector of length one in the same direction; zeros stay zeros.
  public static float[] normalised(float... vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] * scale);
    }
    return unit;
  }
}
