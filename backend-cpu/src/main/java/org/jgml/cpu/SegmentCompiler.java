package org.jgml.cpu;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;

/// Turns the steps of a segment into kernels.
final class SegmentCompiler {
  private final Arithmetic arithmetic;
  private final WorkerPool pool;
  private final SystemBlas blas;
  private final Scratch scratch;
  private final PreparedActivations prepared;
  private final List<Kernel> kernels = new ArrayList<>();

  SegmentCompiler(Arithmetic arithmetic, WorkerPool pool, SystemBlas blas) {
    this.arithmetic = arithmetic;
    this.pool = pool;
    this.blas = blas;
    this.scratch = new Scratch(pool.count());
    this.prepared = new PreparedActivations(scratch);
  }

  Executable compile(Segment segment) {
    for (Step step : segment.steps()) {
      if (step.output().layout().shape().elements() > 0) {
        CpuKernels.binding(step.op()).bind(step, this);
        prepared.written(step.output());
      }
    }
    scratch.allocate();
    return new CpuExecutable(pool, new WorkerPool.Program(kernels), scratch);
  }

  /// Adds the next kernel.
  void add(Kernel kernel) {
    kernels.add(kernel);
  }

  RowMath rows() {
    return arithmetic.rows();
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  SystemBlas blas() {
    return blas;
  }

  int workers() {
    return pool.count();
  }

  /// Scratch memory for one step.
  Scratch.Frame frame() {
    return scratch.frame();
  }

  PreparedActivations prepared() {
    return prepared;
  }
}
