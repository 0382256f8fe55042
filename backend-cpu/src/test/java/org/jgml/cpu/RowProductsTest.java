package org.jgml.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Both kinds of products of rows against double precision.
final class RowProductsTest {
  private static final int ROWS = RowProducts.BLOCK_ROWS;
  private static final long X = 0;
  private static final long BLOCK = 4 * RowProducts.ROW_BYTES;
  private static final long WEIGHTS = BLOCK + ROWS * RowProducts.ROW_BYTES;
  private static final long BYTES = WEIGHTS + 2 * RowProducts.PRODUCTS_BYTES;

  private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, 64);
  private final Random random = new Random(7);

  private interface Check {
    void run(RowProducts products, int rows, int elements);
  }

  private void forAll(Check check) {
    for (RowProducts products :
        new RowProducts[] {new VectorRowProducts(), new ScalarRowProducts()}) {
      for (int elements : new int[] {1, 17, 64, 80, RowProducts.MOST_ELEMENTS}) {
        for (int rows : new int[] {1, 8, 13, ROWS}) {
          fill(products, elements);
          check.run(products, rows, elements);
        }
      }
    }
  }

  private void fill(RowProducts products, int elements) {
    for (long at = 0; at < BYTES; at += 4) {
      memory.set(RowMath.FLOAT, at, random.nextFloat(-1, 1));
    }
    for (long row = X; row < WEIGHTS; row += RowProducts.ROW_BYTES) {
      for (int i = elements; i < products.padded(elements); i++) {
        ScalarRowMath.set(memory, row, i, 0);
      }
    }
  }

  private double get(long at, int i) {
    return ScalarRowMath.get(memory, at, i);
  }

  private static long row(int number) {
    return BLOCK + number * RowProducts.ROW_BYTES;
  }

  @Test
  void productsAreThoseOfDoublePrecision() {
    forAll((products, rows, elements) -> {
      products.multiply(memory, X, BLOCK, rows, elements, WEIGHTS);
      for (int i = 0; i < rows; i++) {
        long row = row(i);
        double expected =
            IntStream.range(0, elements).mapToDouble(e -> get(X, e) * get(row, e)).sum();
        assertEquals(expected, get(WEIGHTS, i), 2e-5, products + " " + rows + " " + elements);
      }
    });
  }

  @Test
  void weightedSumsAreThoseOfDoublePrecision() {
    forAll((products, rows, elements) -> {
      double[][] expected = new double[2][elements];
      for (int sum = 0; sum < 2; sum++) {
        for (int e = 0; e < elements; e++) {
          expected[sum][e] = get(X + sum * RowProducts.ROW_BYTES, e);
          for (int i = 0; i < rows; i++) {
            long weights = WEIGHTS + sum * RowProducts.PRODUCTS_BYTES;
            expected[sum][e] += get(weights, i) * get(row(i), e);
          }
        }
      }
      products.addWeighted(memory, WEIGHTS, BLOCK, rows, elements, X);
      for (int sum = 0; sum < 2; sum++) {
        for (int e = 0; e < elements; e++) {
          assertEquals(expected[sum][e], get(X + sum * RowProducts.ROW_BYTES, e), 2e-5);
        }
      }
    });
  }
}
