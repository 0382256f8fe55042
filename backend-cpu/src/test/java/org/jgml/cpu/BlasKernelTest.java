package org.jgml.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ludovic.netlib.blas.JavaBLAS;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jgml.cpu.matmul.MatrixView;
import org.junit.jupiter.api.Test;

final class BlasKernelTest {
  @Test
  void theLibraryComputesRowsTimesRows() {
    MemorySegment memory = Arena.ofAuto().allocate(4096);
    for (int i = 0; i < 100; i++) {
      ScalarRowMath.set(memory, 0, i, i % 7 - 3);
    }
    MatrixView x = new MatrixView(memory, 0, 20);
    MatrixView weights = new MatrixView(memory, 80, 24);
    MatrixView y = new MatrixView(memory, 1024, 16);
    new BlasKernel(JavaBLAS.getInstance(), x, weights, y, new BlasKernel.Extents(3, 4, 5))
        .run(0, 0);
    for (int i = 0; i < 12; i++) {
      float expected = 0;
      for (int j = 0; j < 5; j++) {
        float left = ScalarRowMath.get(memory, i / 4 * 20, j);
        expected += left * ScalarRowMath.get(memory, 80 + i % 4 * 24, j);
      }
      assertEquals(expected, ScalarRowMath.get(memory, 1024, i), 1e-6);
    }
  }

  @Test
  void theLibraryIsLookedForOnlyForLargeProducts() {
    try (WorkerPool pool = new WorkerPool("test", 2)) {
      SystemBlas blas = new SystemBlas(Arithmetic.best(), pool);
      assertTrue(blas.forProduct(1, 4096, 4096).isEmpty());
      assertTrue(blas.fact().startsWith("not looked for yet"), blas.fact());
      blas.forProduct(256, 256, 256);
      assertTrue(!blas.fact().startsWith("not looked for yet"), blas.fact());
    }
  }
}
