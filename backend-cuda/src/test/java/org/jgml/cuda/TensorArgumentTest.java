package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.RowLayout;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What kernels divide the numbers of rows with.
final class TensorArgumentTest {
  private static long quotient(long number, long by) {
    return number * TensorArgument.multiplier(by) >>> TensorArgument.shift(by);
  }

  private static void checkQuotients(long by) {
    long last = Integer.MAX_VALUE;
    long multiple = last / by * by;
    for (long number : new long[] {0, 1, by - 1, by, by + 1, multiple - 1, multiple, last}) {
      if (number <= last) {
        assertEquals(number / by, quotient(number, by), () -> number + " / " + by);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 8, 28, 128, 641, 65_537, 0x4000_0001L, 0x7fff_ffffL})
  void aProductAndAShiftDivide(long by) {
    assertTrue(TensorArgument.multiplier(by) < 1L << 32);
    checkQuotients(by);
  }

  @Test
  void randomNumbersAreDividedAtTheirEdges() {
    Random random = new Random(11);
    for (int i = 0; i < 100_000; i++) {
      checkQuotients(1 + (random.nextInt() >>> random.nextInt(1, 32)));
    }
  }

  @Test
  void moreRowsThanAKernelCountsAreRefused() {
    Tensor tensor = Tensor.dense(new TensorType(DataType.F32, Shape.of(1L << 31, 1)), null, 0);
    RowLayout rows = RowLayout.of(tensor, Layout.dense(tensor.type().shape()));
    ByteBuffer target = ByteBuffer.allocate(TensorArgument.BYTES);
    DeviceException error =
        assertThrows(DeviceException.class, () -> TensorArgument.put(target, rows, 0));
    assertEquals(
        "2147483648 rows are more than a kernel can count. Fix: use a smaller batch (-b).",
        error.getMessage());
  }
}
