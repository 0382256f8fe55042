package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class EmbeddingTest {
  private static final int[] TOKENS = {1, 20, 35, 7, 90, 41, 12};
  private static final float TOLERANCE = 1e-4f;
  private static final SessionOptions OPTIONS =
      new SessionOptions(64, DataType.F32, DataType.F32, 4);

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(BundledModel.file(), ModelOptions.defaults());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static float[] embedding(Pooling pooling, int... tokens) {
    try (ModelSession session = model.newSession(OPTIONS)) {
      session.evaluate(3, 4, 5);
      return Embedding.of(session, tokens, pooling);
    }
  }

  @Test
  void theMeanIsThatOfTheLastStatesOfAllBeginnings() {
    double[] sum = new double[model.hyperparameters().embeddingLength()];
    for (int length = 1; length <= TOKENS.length; length++) {
      float[] last = embedding(Pooling.LAST, Arrays.copyOf(TOKENS, length));
      Arrays.setAll(sum, i -> sum[i] + last[i]);
    }
    float[] mean = embedding(Pooling.MEAN, TOKENS);
    assertEquals(sum.length, mean.length);
    for (int i = 0; i < mean.length; i++) {
      assertEquals(sum[i] / TOKENS.length, mean[i], TOLERANCE);
    }
  }

  @Test
  void theFirstStateSeesNothingElse() {
    assertArrayEquals(
        embedding(Pooling.LAST, TOKENS[0]), embedding(Pooling.CLS, TOKENS), TOLERANCE);
  }

  @Test
  void theOutputMatrixTurnsStatesIntoLogits() throws IOException {
    float[] state = embedding(Pooling.LAST, TOKENS);
    float[] logits;
    try (ModelSession session = model.newSession(OPTIONS)) {
      logits = session.evaluate(TOKENS);
    }
    try (GgufFile file = GgufFile.open(BundledModel.file())) {
      float[] matrix = output(file);
      for (int token = 0; token < logits.length; token++) {
        double sum = 0;
        for (int i = 0; i < state.length; i++) {
          sum += (double) matrix[token * state.length + i] * state[i];
        }
        assertEquals(sum, logits[token], 1e-3, "token " + token);
      }
    }
  }

  private static float[] output(GgufFile file) throws IOException {
    GgufTensor tensor =
        file.tensor("output.weight").isPresent()
            ? file.requireTensor("output.weight")
            : file.requireTensor("token_embd.weight");
    int elements = Math.toIntExact(tensor.shape().elements());
    float[] values = new float[elements];
    Format.of(tensor.tensorType().dataType()).dequantise(tensor.bytes(), 0, values, 0, elements);
    return values;
  }

  @Test
  void normalisedVectorsHaveLengthOne() {
    assertArrayEquals(new float[] {0.6f, -0.8f}, Embedding.normalised(2, 3, -4), 1e-7f);
    assertArrayEquals(new float[] {0, 0}, Embedding.normalised(2, 0, 0));
    assertArrayEquals(new float[] {0.75f, -0.25f}, Embedding.normalised(1, 3, -1), 1e-7f);
    assertArrayEquals(new float[] {-8, 4}, Embedding.scaledTo(8, -2, 1), 1e-7f);
  }

  @Test
  void aTextThatDoesNotFitIsRefused() {
    assertThrows(ContextFullException.class, () -> embedding(Pooling.LAST, new int[65]));
  }
}
