package org.jgml.cuda;

import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.Scale;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.Shape;

/// Indices of sorted rows, or the first of them.
final class SortKernels {
  private static final Program PROGRAM = Program.of("argsort");

  /// Up to this length counting is faster than merging.
  private static final long SHORT_ROW = 1024;

  /// MOST_K of `top_k.cu`.
  private static final int MOST_SELECTED = 2048;

  private static final int MOST_THREADS = 1024;

  private SortKernels() {}

  static Binding argsort(Argsort op) {
    return (step, compiler) ->
        sort(step, op.descending(), step.input(0).type().shape().rowLength(), compiler);
  }

  static Binding topK(TopK op) {
    return (step, compiler) -> {
      if (isSelected(op)) {
        KernelArguments arguments = new KernelArguments().tensor(step.input(0)).noTensor();
        select(arguments.number(0L).numbers(0f, 0f), step, compiler);
      } else {
        sort(step, true, op.k(), compiler);
      }
    };
  }

  /// Whether no row is sorted: the last of the wanted elements is found first.
  private static boolean isSelected(TopK op) {
    return op.k() >= 1 && op.k() <= MOST_SELECTED;
  }

  static boolean takes(Fusion.MaskedTopK fusion) {
    return isSelected((TopK) fusion.top().op());
  }

  static void maskedTopK(Fusion.MaskedTopK fusion, SegmentCompiler compiler) {
    Scale scale = (Scale) fusion.scale().op();
    Tensor mask = fusion.scale().input(0);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(fusion.scores())
            .tensor(mask)
            .number(mask.type().shape().rowLength())
            .numbers(scale.factor(), scale.bias());
    select(arguments, fusion.top(), compiler);
  }

  /// @param scores the fields of `top_k_t` that say what is compared
  private static void select(KernelArguments scores, Step top, SegmentCompiler compiler) {
    Shape shape = top.input(0).type().shape();
    scores.tensor(top.output()).number(shape.rowLength()).number(((TopK) top.op()).k());
    compiler.launch(
        Program.of("top_k"),
        "top_k",
        scores,
        Geometry.rows(shape.rows(), shape.rowLength(), MOST_THREADS));
  }

  private static void sort(Step step, boolean descending, long count, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape();
    Pass pass = new Pass(step, descending, count, compiler);
    if (shape.rowLength() <= SHORT_ROW) {
      pass.launch("sort_short", 0, 0, 1, shape.rowLength());
    } else {
      merge(pass, shape, compiler);
    }
  }

  /// Runs of one key, then of two, four and so on, from one memory to the other and back.
  private static void merge(Pass pass, Shape shape, SegmentCompiler compiler) {
    long length = shape.rowLength();
    long from = compiler.scratch(shape.elements() * Long.BYTES);
    long to = compiler.scratch(shape.elements() * Long.BYTES);
    pass.launch("sort_keys", 0, from, 1, length);
    for (long run = 1; run < length; run *= 2) {
      pass.launch("sort_merge", from, to, run, length);
      long merged = to;
      to = from;
      from = merged;
    }
    pass.launch("sort_indices", from, 0, 1, pass.count());
  }

  /// What all kernels of a sort have in common.
  private record Pass(Step step, boolean descending, long count, SegmentCompiler compiler) {
    void launch(String kernel, long from, long to, long run, long items) {
      Tensor x = step.input(0);
      Shape shape = x.type().shape();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(x)
              .tensor(step.output())
              .number(from)
              .number(to)
              .number(shape.rowLength())
              .number(count)
              .number(run)
              .number(items)
              .number(shape.rows())
              .flag(descending);
      compiler.elementwise(PROGRAM, kernel, arguments, items, shape.rows());
    }
  }
}
