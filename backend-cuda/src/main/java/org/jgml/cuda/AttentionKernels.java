package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionColumnSums;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Attention, whole and in parts.
final class AttentionKernels {
  /// MOST_PARTS of `attention_merge.cu`.
  static final int MOST_PARTS = 8;

  private static final int MERGE_THREADS = 128;
  private static final int COLUMN_WARPS = 4;

  // The order of mask_t in `attention.cu`.
  private static final int NONE = 0;
  private static final int CAUSAL = 1;
  private static final int EXPLICIT = 2;
  private static final int INTERVAL = 3;

  private AttentionKernels() {}

  /// Whether heads of query and value are short enough.
  static Verdict limit(Node node) {
    long longest =
        Math.max(
            node.inputs().get(0).type().shape().dim(-1),
            node.inputs().get(2).type().shape().dim(-1));
    return longest <= Program.longestValue()
        ? Verdict.YES
        : Verdict.no("heads of more than %d elements".formatted(Program.longestValue()));
  }

  static Binding attention(Attention op) {
    return (step, compiler) -> {
      AttentionShape shape = AttentionShape.of(step);
      AttentionPlan plan = AttentionPlan.of(shape, compiler);
      Tensor mask = step.named("mask");
      KernelArguments arguments = operands(step);
      if (mask == null) {
        arguments.noTensor();
      } else {
        Shape logits = Shape.of(shape.heads(), shape.tokens(), shape.keys());
        arguments.tensor(mask, mask.layout().broadcastTo(logits));
      }
      arguments
          .tensor(step.output())
          .start(step.named("positions"))
          .number(0L)
          .number(0L)
          .start(step.named("sinks"))
          .number(SoftmaxKernel.slopes(op.maxBias(), (int) shape.heads(), compiler));
      long window = op.mask() instanceof AttentionMask.Causal(int keys) ? keys : 0;
      int kind =
          switch (op.mask()) {
            case AttentionMask.None() -> NONE;
            case AttentionMask.Causal(int _) -> CAUSAL;
            case AttentionMask.Explicit() -> EXPLICIT;
          };
      DataType maskType = mask == null ? DataType.F32 : mask.type().dataType();
      long parts = parts(plan, compiler);
      lengths(arguments.number(parts), shape, window, 0);
      sizes(arguments, plan, kind, maskType, step)
          .flag(false)
          .number(op.scale())
          .number(op.softCap());
      compiler.launch(plan.program(), plan.kernel(), arguments, plan.geometry());
      join(step, plan, parts, false, compiler);
    };
  }

  static Binding partial(AttentionPartial op) {
    return (step, compiler) -> {
      Tensor table = step.named("table");
      AttentionShape whole = AttentionShape.of(step);
      AttentionShape shape =
          table == null ? whole : whole.withKeys(table.type().shape().elements() * op.blockRows());
      AttentionPlan plan = AttentionPlan.of(shape, compiler);
      KernelArguments arguments =
          operands(step)
              .noTensor()
              .tensor(step.output())
              .start(step.named("first"))
              .start(step.named("last"))
              .start(table)
              .number(0L)
              .number(0L);
      long parts = parts(plan, compiler);
      lengths(arguments.number(parts), shape, 0, op.blockRows());
      sizes(arguments, plan, INTERVAL, DataType.F32, step)
          .flag(true)
          .number(op.scale())
          .number(op.softCap());
      compiler.launch(plan.program(), plan.kernel(), arguments, plan.geometry());
      join(step, plan, parts, true, compiler);
    };
  }

  private static KernelArguments operands(Step step) {
    return new KernelArguments().tensor(step.input(0)).tensor(step.input(1)).tensor(step.input(2));
  }

  /// The address at which splits leave what they found; 0 if there is one.
  private static long parts(AttentionPlan plan, SegmentCompiler compiler) {
    return plan.splits() == 1 ? 0 : compiler.workspace(plan.partBytes());
  }

  private static void lengths(
      KernelArguments arguments, AttentionShape shape, long window, long blockRows) {
    arguments
        .number(shape.tokens())
        .number(shape.heads())
        .number(shape.keyHeads())
        .number(shape.keyRows())
        .number(shape.keys())
        .number(window)
        .number(blockRows);
  }

  private static KernelArguments sizes(
      KernelArguments arguments, AttentionPlan plan, int kind, DataType maskType, Step step) {
    AttentionShape shape = plan.shape();
    return arguments
        .numbers((int) shape.headSize(), (int) shape.valueSize(), plan.splits(), kind)
        .type(maskType)
        .type(step.input(1).type().dataType())
        .type(step.input(2).type().dataType());
  }

  /// Puts together what the splits found.
  private static void join(
      Step step, AttentionPlan plan, long parts, boolean isPartial, SegmentCompiler compiler) {
    if (plan.splits() == 1) {
      return;
    }
    KernelArguments arguments = new KernelArguments().address(parts);
    for (int i = 1; i < MOST_PARTS; i++) {
      arguments.noTensor();
    }
    arguments
        .tensor(step.output())
        .start(step.named("sinks"))
        .number(plan.shape().heads())
        .numbers((int) plan.shape().valueSize(), plan.splits())
        .flag(true)
        .flag(isPartial);
    merge("attention_merge", arguments, plan.shape().rows(), compiler);
  }

  static void merge(Step step, SegmentCompiler compiler) {
    Shape shape = step.output().type().shape();
    KernelArguments arguments = new KernelArguments();
    for (int i = 0; i < MOST_PARTS; i++) {
      if (i < step.inputs().size()) {
        arguments.tensor(step.input(i));
      } else {
        arguments.noTensor();
      }
    }
    arguments
        .tensor(step.output())
        .number(0L)
        .number(1L)
        .numbers((int) shape.rowLength() - AttentionPartial.STATISTICS, step.inputs().size())
        .flag(false)
        .flag(true);
    merge("attention_merge", arguments, shape.rows(), compiler);
  }

  static void finish(Step step, SegmentCompiler compiler) {
    Shape shape = step.output().type().shape();
    KernelArguments arguments = new KernelArguments().tensor(step.input(0));
    for (int i = 1; i < MOST_PARTS; i++) {
      arguments.noTensor();
    }
    arguments
        .tensor(step.output())
        .number(0L)
        .number(1L)
        .numbers((int) shape.rowLength(), 1)
        .flag(false)
        .flag(false);
    merge("attention_finish", arguments, shape.rows(), compiler);
  }

  private static void merge(
      String kernel, KernelArguments arguments, long rows, SegmentCompiler compiler) {
    compiler.launch(
        Program.of("attention_merge"),
        kernel,
        arguments,
        Geometry.of(MERGE_THREADS, 0, rows, 1, 1));
  }

  static Binding columnSums(AttentionColumnSums op) {
    return (step, compiler) -> {
      Shape query = step.input(1).type().shape();
      Shape key = step.input(2).type().shape();
      Tensor partial = step.input(3);
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.output())
              .tensor(step.input(1))
              .tensor(step.input(2))
              .tensor(partial)
              .start(step.named("first"))
              .start(step.named("last"))
              .number(query.dim(0))
              .number(query.dim(1))
              .number(key.dim(1))
              .number(key.dim(0))
              .number((int) query.rowLength())
              .number((int) partial.type().shape().rowLength() - AttentionPartial.STATISTICS)
              .type(step.input(2).type().dataType())
              .flag(op.summand() == AttentionColumnSums.Summand.LOGIT)
              .number(op.scale())
              .number(op.softCap());
      long blocks = Math.ceilDiv(key.dim(0) * query.dim(1), COLUMN_WARPS);
      compiler.launch(
          Program.of("attention_column_sums"),
          "attention_column_sums",
          arguments,
          Geometry.of(COLUMN_WARPS * Geometry.WARP, 0, blocks, 1, 1));
    };
  }
}
