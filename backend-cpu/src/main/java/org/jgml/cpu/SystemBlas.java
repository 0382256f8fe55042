package org.jgml.cpu;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.DataType;
import org.jgml.cpu.matmul.MatrixView;

/// The BLAS library of this system, used for large products of F32 where it is faster than the
/// kernels of this backend.
///
/// Looked for and timed when the first such product is bound, since both take time.
final class SystemBlas {
  /// Extents from which on copying matrices to arrays, as the library wants them, does not matter.
  private static final int LARGE = 128;

  private static final int PROBE_EXTENT = 256;
  private static final int PROBE_RUNS = 3;

  /// Our kernels begin interpreted.
  private static final long WARM_UP_NANOS = 300_000_000;

  private final Arithmetic arithmetic;
  private final WorkerPool pool;
  private BLAS faster;
  private String fact = "not looked for yet: no large F32 matmul so far";
  private boolean isProbed;

  SystemBlas(Arithmetic arithmetic, WorkerPool pool) {
    this.arithmetic = arithmetic;
    this.pool = pool;
  }

  /// Which library is in use, or why none is.
  synchronized String fact() {
    return fact;
  }

  /// The library, if it should compute a product of these extents.
  synchronized Optional<BLAS> forProduct(int m, int n, int k) {
    if (Math.min(m, Math.min(n, k)) < LARGE) {
      return Optional.empty();
    }
    if (!isProbed) {
      isProbed = true;
      probe();
    }
    return Optional.ofNullable(faster);
  }

  private void probe() {
    try {
      compare(NativeBLAS.getInstance());
    } catch (RuntimeException | LinkageError e) {
      fact = "not used: no system library was found (%s)".formatted(e.getMessage());
    }
  }

  private void compare(BLAS blas) {
    try (Arena arena = Arena.ofShared();
        Scratch scratch = new Scratch(pool.count())) {
      long bytes = (long) PROBE_EXTENT * PROBE_EXTENT * Float.BYTES;
      MatrixView x = matrix(arena.allocate(bytes));
      MatrixView y = matrix(arena.allocate(bytes));
      Kernel theirs = new BlasKernel(blas, x, x, y, new BlasKernel.Extents(PROBE_EXTENT));
      long libraryNanos = best(new WorkerPool.Program(List.of(theirs)), 0);
      WorkerPool.Program ours = product(x, y, scratch);
      scratch.allocate();
      long ownNanos = best(ours, WARM_UP_NANOS);
      choose(blas, libraryNanos, ownNanos);
    }
  }

  private static MatrixView matrix(MemorySegment segment) {
    return new MatrixView(segment, 0, (long) PROBE_EXTENT * Float.BYTES);
  }

  private WorkerPool.Program product(MatrixView x, MatrixView y, Scratch scratch) {
    return new WorkerPool.Program(
        MatmulKernels.product(
            arithmetic.matmul().product(DataType.F32, PROBE_EXTENT, PROBE_EXTENT),
            x,
            y,
            PROBE_EXTENT,
            scratch,
            pool.count()));
  }

  private void choose(BLAS blas, long libraryNanos, long ownNanos) {
    boolean isFaster = libraryNanos < ownNanos;
    faster = isFaster ? blas : null;
    fact =
        "%s: %d µs for a product of %d, own kernels %d µs"
            .formatted(
                isFaster ? blas.getClass().getSimpleName() : "not used",
                libraryNanos / 1000,
                PROBE_EXTENT,
                ownNanos / 1000);
  }

  private long best(WorkerPool.Program program, long warmUpNanos) {
    long begin = System.nanoTime();
    long best = Long.MAX_VALUE;
    for (int run = 0; run < PROBE_RUNS || System.nanoTime() - begin < warmUpNanos; run++) {
      long start = System.nanoTime();
      pool.run(program);
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }
}
