package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.AttentionColumnSums;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.Shape;

/// Attention over several sets of keys: what each contributes, their union, and its result.
final class PartialAttentionKernels {
  private PartialAttentionKernels() {}

  static Binding partial(AttentionPartial op) {
    return (step, compiler) -> {
      Tensor query = step.input(0);
      Tensor key = AttentionTerms.readable(step.input(1), compiler);
      Tensor value = AttentionTerms.readable(step.input(2), compiler);
      Tensor table = step.named("table");
      AttentionTerms terms = AttentionTerms.of(query, key, value, op.scale(), op.softCap());
      KernelArguments arguments =
          new KernelArguments()
              .tensor(query)
              .tensor(key)
              .tensor(value)
              .row(step.named("first"))
              .row(step.named("last"));
      if (table == null) {
        arguments.noRow().number(0L).number(0L);
      } else {
        terms = terms.withLength(table.type().shape().elements() * op.blockRows());
        arguments
            .row(table)
            .number((long) op.blockRows())
            .number(key.type().shape().dim(0) / op.blockRows());
      }
      arguments.tensor(step.output()).bytes(terms.encode());
      compiler.fault(arguments);
      int lanes = compiler.tuning().productLanes();
      compiler.launch(
          terms.program("attention_partial").with("LANES", lanes),
          "attention_partial",
          arguments,
          lanes,
          query.type().shape().dim(1),
          query.type().shape().dim(0));
    };
  }

  /// One part after the other is merged into the result.
  static void merge(Step step, SegmentCompiler compiler) {
    Tensor merged = step.input(0);
    if (step.inputs().size() == 1) {
      CopyKernels.copy(step, compiler);
    }
    for (Tensor part : step.inputs().subList(1, step.inputs().size())) {
      merge(merged, part, step.output(), compiler);
      merged = step.output();
    }
  }

  private static void merge(Tensor a, Tensor b, Tensor y, SegmentCompiler compiler) {
    Shape shape = y.type().shape();
    KernelArguments arguments =
        new KernelArguments().tensor(a).tensor(b).tensor(y).number(shape.rowLength());
    int lanes = compiler.tuning().lanes();
    ProgramSource source = ProgramSource.of("attention_merge").with("LANES", lanes);
    compiler.launch(source, "attention_merge", arguments, lanes, shape.rows());
  }

  static void finish(Step step, SegmentCompiler compiler) {
    Tensor x = step.input(0);
    Shape shape = step.output().type().shape();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .number(x.type().shape().rowLength())
            .tensor(step.output())
            .number(shape.rowLength());
    compiler.elementwise(
        ProgramSource.of("attention_finish"),
        "attention_finish",
        arguments,
        ElementwiseKernels.vectors(shape, compiler),
        shape.rows());
  }

  static Binding columnSums(AttentionColumnSums op) {
    return (step, compiler) -> {
      Tensor query = step.named("query");
      Tensor key = AttentionTerms.readable(step.named("key"), compiler);
      Tensor partial = step.named("partial");
      AttentionTerms terms = AttentionTerms.of(query, key, key, op.scale(), op.softCap());
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.output())
              .tensor(query)
              .tensor(key)
              .tensor(partial)
              .number(partial.type().shape().rowLength())
              .row(step.named("first"))
              .row(step.named("last"))
              .bytes(terms.encode())
              .number(op.summand() == AttentionColumnSums.Summand.LOGIT ? 1 : 0);
      compiler.elementwise(
          terms.program("attention_column_sums"),
          "attention_column_sums",
          arguments,
          terms.length(),
          query.type().shape().dim(1));
    };
  }
}
