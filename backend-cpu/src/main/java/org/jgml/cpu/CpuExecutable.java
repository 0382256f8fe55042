package org.jgml.cpu;

import java.util.function.BooleanSupplier;
import org.jgml.core.backend.Executable;

/// A segment as one program of kernels.
final class CpuExecutable implements Executable {
  private final WorkerPool pool;
  private final WorkerPool.Program program;
  private final Scratch scratch;

  CpuExecutable(WorkerPool pool, WorkerPool.Program program, Scratch scratch) {
    this.pool = pool;
    this.program = program;
    this.scratch = scratch;
  }

  @Override
  public void run() {
    pool.run(program);
  }

  @Override
  public void run(BooleanSupplier cancelled) {
    pool.run(program, cancelled);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
