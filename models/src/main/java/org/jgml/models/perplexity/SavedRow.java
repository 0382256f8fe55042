package org.jgml.models.perplexity;

import java.nio.ByteBuffer;

/// The prediction of one token in 16 bits a logit, as llama-perplexity saves it: a step and the
/// least logarithm of a probability as floats, then steps above it. What is more than 16 below the
/// likeliest counts as 16 below.
final class SavedRow {
  private static final float RANGE = 16;
  private static final int STEPS = 65535;

  /// Rows are an even number of 16-bit values long.
  private static final int ALIGNMENT = 2;

  private SavedRow() {}

  static int bytes(int vocabularySize) {
    int values = (vocabularySize + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return 2 * Float.BYTES + values * Short.BYTES;
  }

  static void write(float[] logits, ByteBuffer row) {
    float max = logits[Predictions.largest(logits)];
    float least = max;
    for (float logit : logits) {
      least = Math.min(least, logit);
    }
    least = Math.max(least, max - RANGE);
    float step = (max - least) / STEPS;
    row.putFloat(step);
    row.putFloat((float) (least - Predictions.logSumExp(logits)));
    for (float logit : logits) {
      row.putShort((short) (step == 0 ? 0 : Math.round(Math.max(0, logit - least) / step)));
    }
    while (row.hasRemaining()) {
      row.putShort((short) 0);
    }
  }

  /// The logarithms of the probabilities.
  static float[] read(ByteBuffer row, int vocabularySize) {
    float step = row.getFloat();
    float least = row.getFloat();
    float[] logarithms = new float[vocabularySize];
    for (int i = 0; i < vocabularySize; i++) {
      logarithms[i] = least + step * Short.toUnsignedInt(row.getShort());
    }
    return logarithms;
  }
}
