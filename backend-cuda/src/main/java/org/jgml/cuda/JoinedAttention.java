package org.jgml.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionPartial;
import org.jgml.cuda.AttentionMerging.Contribution;

/// Attention of the same tokens to sets of keys, as one result: a launch for all parts, the keys of
/// each shared by blocks, and another that puts together what blocks found, unless there is one
/// part and no block shares its rows.
///
/// @param merged all that contributes, in the order of its merging: results of the parts, and rows
///   that other keys contribute
/// @param sinks null if there are none
/// @param isPartial whether rows of the result end with maximum and sum
record JoinedAttention(
    List<AttentionPart> parts,
    AttentionWeighing weighing,
    List<Tensor> merged,
    Tensor result,
    Tensor sinks,
    boolean isPartial) {
  static JoinedAttention of(Attention op, Step step) {
    return new JoinedAttention(
        List.of(AttentionPart.whole(step)),
        AttentionWeighing.of(op, step),
        List.of(step.output()),
        step.output(),
        step.named("sinks"),
        false);
  }

  static JoinedAttention of(AttentionPartial op, Step step) {
    return new JoinedAttention(
        List.of(AttentionPart.of(step)),
        AttentionWeighing.of(op),
        List.of(step.output()),
        step.output(),
        null,
        true);
  }

  /// @param fusion with at least one part
  static JoinedAttention of(Fusion.MergedAttention fusion) {
    return new JoinedAttention(
        fusion.parts().stream().map(AttentionPart::of).toList(),
        weighings(fusion).findFirst().orElseThrow(),
        fusion.merged(),
        fusion.last().output(),
        null,
        fusion.finish().isEmpty());
  }

  private static Stream<AttentionWeighing> weighings(Fusion.MergedAttention fusion) {
    return fusion.parts().stream()
        .map(step -> AttentionWeighing.of((AttentionPartial) step.op()))
        .distinct();
  }

  /// Whether parts can be one launch: there are few, of as many heads, weighed alike.
  static boolean takes(Fusion.MergedAttention fusion) {
    List<AttentionPart> parts = fusion.parts().stream().map(AttentionPart::of).toList();
    return parts.size() <= AttentionPart.MOST
        && weighings(fusion).count() == 1
        && parts.stream().map(AttentionPart::isOfHalves).distinct().count() == 1
        && parts.stream().map(part -> part.shape().withKeys(0)).distinct().count() == 1;
  }

  void launch(SegmentCompiler compiler) {
    List<AttentionPlan> plans =
        parts.stream().map(part -> AttentionPlan.of(part, compiler)).toList();
    AttentionPlan first = plans.getFirst();
    boolean isWhole = first.splits() == 1 && result.equals(parts.getFirst().result());
    List<Contribution> found = isWhole ? List.of() : found(plans, compiler);
    KernelArguments arguments = arguments(plans, found, weighing.slopes(first.shape(), compiler));
    int splits = plans.stream().mapToInt(AttentionPlan::splits).sum();
    compiler.launch(first.program(), first.kernel(), arguments, first.geometry(splits));
    if (!isWhole) {
      List<Contribution> all = merged.stream().map(rows -> contribution(rows, found)).toList();
      new AttentionMerging(all, result, sinks, isPartial).launch("attention_merge", compiler);
    }
  }

  /// Where the blocks of each part leave what they found.
  private static List<Contribution> found(List<AttentionPlan> plans, SegmentCompiler compiler) {
    long bytes = plans.stream().mapToLong(AttentionPlan::partBytes).sum();
    long address = compiler.workspace(bytes);
    List<Contribution> found = new ArrayList<>();
    for (AttentionPlan plan : plans) {
      found.add(Contribution.found(address, plan.splits()));
      address += plan.partBytes();
    }
    return found;
  }

  /// What is known, or was found of the part that it is the result of.
  private Contribution contribution(Tensor rows, List<Contribution> found) {
    int part = parts.stream().map(AttentionPart::result).toList().indexOf(rows);
    return part < 0 ? Contribution.known(rows) : found.get(part);
  }

  /// An `attention_t`.
  ///
  /// @param found of each part; empty if blocks write the result
  private KernelArguments arguments(
      List<AttentionPlan> plans, List<Contribution> found, long slopes) {
    AttentionShape shape = plans.getFirst().shape();
    KernelArguments arguments = new KernelArguments();
    for (int i = 0; i < AttentionPart.MOST; i++) {
      if (i < parts.size()) {
        long address = found.isEmpty() ? 0 : found.get(i).found();
        parts.get(i).put(arguments, address, plans.get(i).splits());
      } else {
        AttentionPart.putNone(arguments);
      }
    }
    weighing.putMask(arguments, shape);
    return arguments
        .tensor(result)
        .start(sinks)
        .number(slopes)
        .number(shape.tokens())
        .number(shape.heads())
        .number(shape.keyHeads())
        .number(weighing.window())
        .numbers((int) shape.headSize(), (int) shape.valueSize())
        .number(weighing.kind().ordinal())
        .type(weighing.maskType())
        .flag(isPartial)
        .number(plans.getFirst().queryHalves())
        .numbers(weighing.scale(), weighing.softCap());
  }
}
