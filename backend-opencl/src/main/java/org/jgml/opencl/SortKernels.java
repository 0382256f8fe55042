package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.Shape;
import org.jocl.cl_mem;

/// Indices of sorted rows, or the first of them.
final class SortKernels {
  /// Up to this length counting is faster than merging.
  private static final long SHORT_ROW = 256;

  /// About as many times a sort looks at each element of a row.
  private static final long SORT_LOOKS = 4;

  private SortKernels() {}

  static Binding argsort(Argsort op) {
    return (step, compiler) ->
        sort(step, op.descending(), step.input(0).type().shape().rowLength(), compiler);
  }

  static Binding topK(TopK op) {
    return (step, compiler) -> {
      long length = step.input(0).type().shape().rowLength();
      long chunks = (long) Math.ceil(Math.sqrt(length));
      // Each that is taken costs a look at all chunks and at one; sorting looks at all, many times.
      if (length > SHORT_ROW && op.k() * chunks < SORT_LOOKS * length) {
        select(step, op.k(), chunks, compiler);
      } else {
        sort(step, true, op.k(), compiler);
      }
    };
  }

  /// Takes one after the other: no row is sorted.
  private static void select(Step step, long count, long chunks, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape();
    int lanes = compiler.tuning().lanes();
    ProgramSource source = ProgramSource.of("order", "top_k").with("LANES", lanes);
    cl_mem firsts = compiler.scratch(shape.rows() * chunks * Long.BYTES);
    KernelArguments chunkArguments =
        new KernelArguments()
            .tensor(step.input(0))
            .memory(firsts)
            .number(shape.rowLength())
            .number(chunks);
    compiler.elementwise(source, "top_k_chunks", chunkArguments, chunks, shape.rows());
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(step.output())
            .memory(firsts)
            .number(shape.rowLength())
            .number(chunks)
            .number(count);
    compiler.launch(source, "top_k", arguments, lanes, shape.rows());
  }

  private static void sort(Step step, boolean descending, long count, SegmentCompiler compiler) {
    ProgramSource source = ProgramSource.of("order", "argsort");
    int order = descending ? 1 : 0;
    Tensor x = step.input(0);
    long length = x.type().shape().rowLength();
    if (length <= SHORT_ROW) {
      KernelArguments arguments =
          new KernelArguments()
              .tensor(x)
              .tensor(step.output())
              .number(length)
              .number(count)
              .number(order);
      compiler.elementwise(source, "sort_short", arguments, length, x.type().shape().rows());
    } else {
      merge(source, step, order, count, compiler);
    }
  }

  /// Runs of one key, then of two, four and so on, from one memory to the other and back.
  private static void merge(
      ProgramSource source, Step step, int order, long count, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape();
    long length = shape.rowLength();
    cl_mem from = compiler.scratch(shape.elements() * Long.BYTES);
    cl_mem to = compiler.scratch(shape.elements() * Long.BYTES);
    KernelArguments keys =
        new KernelArguments().tensor(step.input(0)).memory(from).number(length).number(order);
    compiler.elementwise(source, "sort_keys", keys, length, shape.rows());
    for (long run = 1; run < length; run *= 2) {
      KernelArguments arguments =
          new KernelArguments().memory(from).memory(to).number(length).number(run);
      compiler.elementwise(source, "sort_merge", arguments, length, shape.rows());
      cl_mem merged = to;
      to = from;
      from = merged;
    }
    KernelArguments indices =
        new KernelArguments().memory(from).tensor(step.output()).number(length).number(count);
    compiler.elementwise(source, "sort_indices", indices, count, shape.rows());
  }
}
