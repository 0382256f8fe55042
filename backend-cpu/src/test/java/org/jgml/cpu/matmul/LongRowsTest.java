package org.jgml.cpu.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Rows so long that the vector kernels read weights ahead, and more of them than one pass takes.
final class LongRowsTest {
  private static final int K = 8192;
  private static final int ROWS = 77;

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K", "F16", "F32"})
  void resultsAgreeWithTheScalarTwin(DataType type) {
    try (Arena arena = Arena.ofConfined()) {
      Operands operands = Operands.random(type, arena);
      float[] expected = multiply(new ScalarMatmulProvider(), operands, ROWS, arena);
      float[] actual = multiply(new VectorMatmulProvider(), operands, ROWS, arena);
      double error = 0;
      double power = 0;
      for (int i = 0; i < ROWS; i++) {
        error += Math.pow((double) actual[i] - expected[i], 2);
        power += Math.pow(expected[i], 2);
      }
      assertTrue(error <= 1e-9 * power, type + ": NMSE " + error / power);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_K", "Q5_K", "Q6_K"})
  void resultsDoNotDependOnHowRowsAreDivided(DataType type) {
    try (Arena arena = Arena.ofConfined()) {
      Operands operands = Operands.random(type, arena);
      float[] whole = multiply(new VectorMatmulProvider(), operands, ROWS, arena);
      float[] divided = multiply(new VectorMatmulProvider(), operands, 5, arena);
      for (int i = 0; i < ROWS; i++) {
        assertEquals(whole[i], divided[i], type + ", row " + i);
      }
    }
  }

  private static float[] multiply(
      MatmulProvider provider, Operands operands, int rowsAtOnce, Arena arena) {
    MatrixProduct product = provider.product(operands.type, 1, K);
    ActivationLayout layout = product.activationLayout();
    MemorySegment prepared = arena.allocate(layout.bytes(), MatrixProduct.ALIGNMENT);
    MemorySegment scratch = arena.allocate(product.scratchBytes() + 1, MatrixProduct.ALIGNMENT);
    MemorySegment y = arena.allocate(ROWS * 4L, MatrixProduct.ALIGNMENT);
    MatrixView result = new MatrixView(y, 0, ROWS * 4L);
    product.prepare(new MatrixView(operands.x, 0, K * 4L), prepared, 0, layout.parts());
    MatrixView weights = new MatrixView(operands.weights, 0, operands.type.bytes(K));
    for (int row = 0; row < ROWS; row += rowsAtOnce) {
      int end = Math.min(ROWS, row + rowsAtOnce);
      product.multiply(weights, prepared, result, row, end, scratch);
    }
    float[] values = new float[ROWS];
    MemorySegment.copy(y, Lanes.FLOAT, 0, values, 0, ROWS);
    return values;
  }

  private record Operands(DataType type, MemorySegment weights, MemorySegment x) {
    /// Bytes below 0x3c, so that every scale among them is a positive number below 1.
    static Operands random(DataType type, Arena arena) {
      Random random = new Random(7);
      MemorySegment weights = arena.allocate(ROWS * type.bytes(K), MatrixProduct.ALIGNMENT);
      for (long i = 0; i < weights.byteSize(); i++) {
        weights.set(Lanes.BYTE, i, (byte) random.nextInt(0x3c));
      }
      MemorySegment x = arena.allocate(K * 4L, MatrixProduct.ALIGNMENT);
      for (int i = 0; i < K; i++) {
        x.set(Lanes.FLOAT, i * 4L, (float) random.nextGaussian());
      }
      return new Operands(type, weights, x);
    }
  }
}
