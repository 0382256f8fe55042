package org.jgml.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.Shape;

/// Puts together what several sets of keys contribute to attention: a `merge_t`.
///
/// @param sinks null if there are none
/// @param isPartial whether rows of the result end with maximum and sum
record AttentionMerging(
    List<Contribution> contributions, Tensor result, Tensor sinks, boolean isPartial) {
  // MOST_PARTS, MOST_SPLITS and THREADS of `attention_merge.cu`.
  static final int MOST_PARTS = 8;
  static final int MOST_SPLITS = 128;
  private static final int THREADS = 128;

  /// What a set of keys contributes: rows, or what blocks found that share its keys.
  record Contribution(Tensor rows, long found, int splits) {
    static Contribution known(Tensor rows) {
      return new Contribution(rows, 0, 1);
    }

    static Contribution found(long address, int splits) {
      return new Contribution(null, address, splits);
    }

    private void put(KernelArguments arguments) {
      (rows == null ? arguments.noTensor() : arguments.tensor(rows))
          .number(found)
          .number((long) splits);
    }
  }

  private static AttentionMerging of(List<Tensor> known, Tensor result, boolean isPartial) {
    List<Contribution> contributions = known.stream().map(Contribution::known).toList();
    return new AttentionMerging(contributions, result, null, isPartial);
  }

  /// More parts than a launch takes are merged one launch after the other, each with what the one
  /// before has left in the result.
  static void merge(Step step, SegmentCompiler compiler) {
    Tensor result = step.output();
    List<Tensor> left = new ArrayList<>(step.inputs());
    while (!left.isEmpty()) {
      List<Tensor> first = left.subList(0, Math.min(MOST_PARTS, left.size()));
      of(first, result, true).launch("attention_merge", compiler);
      first.clear();
      if (!left.isEmpty()) {
        left.addFirst(result);
      }
    }
  }

  static void finish(Step step, SegmentCompiler compiler) {
    of(step.inputs(), step.output(), false).launch("attention_finish", compiler);
  }

  static boolean takes(Fusion.MergedAttention fusion) {
    return fusion.merged().size() <= MOST_PARTS
        && (fusion.parts().isEmpty() || JoinedAttention.takes(fusion));
  }

  static void merged(Fusion.MergedAttention fusion, SegmentCompiler compiler) {
    if (fusion.parts().isEmpty()) {
      of(fusion.merged(), fusion.last().output(), false).launch("attention_merge", compiler);
    } else {
      JoinedAttention.of(fusion).launch(compiler);
    }
  }

  void launch(String kernel, SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments();
    contributions.forEach(each -> each.put(arguments));
    for (int i = contributions.size(); i < MOST_PARTS; i++) {
      arguments.noTensor().number(0L).number(0L);
    }
    Shape shape = result.type().shape();
    int statistics = isPartial ? AttentionPartial.STATISTICS : 0;
    arguments
        .tensor(result)
        .start(sinks)
        .number(shape.rank() < 2 ? 1L : shape.dim(-2))
        .numbers((int) shape.rowLength() - statistics, contributions.size())
        .flag(isPartial);
    Geometry geometry = Geometry.of(THREADS, 0, shape.rows(), 1, 1);
    compiler.launch(Program.of("attention_merge"), kernel, arguments, geometry);
  }
}
