package org.jgml.core.backend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Glu;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.op.Rope;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.DataType;

/// Finds steps next to each other that can be one [Fusion].
final class FusionSearch {
  private final Segment segment;
  private final Predicate<Fusion> taken;
  private final Map<Node, Integer> reads = new HashMap<>();

  FusionSearch(Segment segment, Predicate<Fusion> taken) {
    this.segment = segment;
    this.taken = taken;
    for (Step step : segment.steps()) {
      step.node().inputs().forEach(input -> reads.merge(shown(input), 1, Integer::sum));
    }
  }

  List<Fusion> fusions() {
    List<Fusion> fusions = new ArrayList<>();
    for (int i = 0; i < segment.steps().size(); i += fusions.getLast().steps().size()) {
      fusions.add(fusionAt(i));
    }
    return fusions;
  }

  private Fusion fusionAt(int first) {
    List<Step> rest = segment.steps().subList(first, segment.steps().size());
    return candidates(rest)
        .filter(this::isHidden)
        .filter(FusionSearch::isApart)
        .filter(taken)
        .findFirst()
        .orElseGet(() -> new Fusion.Single(rest.getFirst()));
  }

  /// What the ops of the next steps make together, the most first.
  private static Stream<Fusion> candidates(List<Step> rest) {
    return Stream.concat(pair(rest).stream(), mergedAttention(rest));
  }

  private static Optional<Fusion> pair(List<Step> rest) {
    if (rest.size() < 2) {
      return Optional.empty();
    }
    Step first = rest.get(0);
    Step second = rest.get(1);
    if (first.op() instanceof MatMul && second.op() instanceof MatMul) {
      return rest.size() < 3 ? Optional.empty() : gatedProducts(first, second, rest.get(2));
    }
    if (first.op() instanceof MatMul && second.op() instanceof Binary(Binary.Kind kind)) {
      return kind == Binary.Kind.ADD ? productSum(first, second) : Optional.empty();
    }
    if (first.op() instanceof Scale && second.op() instanceof Binary(Binary.Kind kind)) {
      boolean isSum = kind == Binary.Kind.ADD && rest.size() > 2;
      return isSum ? maskedTopK(first, second, rest.get(2)) : Optional.empty();
    }
    if (first.op() instanceof Rope && second.op() instanceof SetRows) {
      return storedRotation(first, second);
    }
    return Optional.empty();
  }

  private static Optional<Fusion> productSum(Step product, Step sum) {
    boolean isFirst = sum.input(0).equals(product.output());
    Tensor addend = sum.input(isFirst ? 1 : 0);
    boolean fits =
        (isFirst || sum.input(1).equals(product.output()))
            && sum.output().type().equals(product.output().type())
            && addend.type().dataType() == DataType.F32;
    return fits ? Optional.of(new Fusion.ProductSum(product, sum, addend)) : Optional.empty();
  }

  private static Optional<Fusion> gatedProducts(Step one, Step other, Step unit) {
    boolean fits = unit.op() instanceof Glu && one.input(0).equals(other.input(0));
    if (fits && unit.inputs().equals(List.of(one.output(), other.output()))) {
      return Optional.of(new Fusion.GatedProducts(one, other, unit));
    }
    if (fits && unit.inputs().equals(List.of(other.output(), one.output()))) {
      return Optional.of(new Fusion.GatedProducts(other, one, unit));
    }
    return Optional.empty();
  }

  private static Optional<Fusion> storedRotation(Step rotation, Step store) {
    Tensor rows = store.input(1);
    boolean fits = isReshaped(rows, rotation.output()) && rows.layout().shape().elements() > 0;
    return fits ? Optional.of(new Fusion.StoredRotation(rotation, store)) : Optional.empty();
  }

  private static Optional<Fusion> maskedTopK(Step scale, Step sum, Step top) {
    boolean isFirst = isReshaped(sum.input(0), scale.output());
    Tensor scores = sum.input(isFirst ? 1 : 0);
    boolean fits =
        top.op() instanceof TopK
            && top.input(0).equals(sum.output())
            && isReshaped(sum.input(isFirst ? 0 : 1), scale.output())
            && scores.type().equals(sum.output().type())
            && scores.type().shape().elements() == scale.output().type().shape().elements();
    return fits ? Optional.of(new Fusion.MaskedTopK(scale, sum, top, scores)) : Optional.empty();
  }

  /// Whether a tensor shows all F32 elements of a value in their order.
  private static boolean isReshaped(Tensor shown, Tensor value) {
    return shown.type().dataType() == DataType.F32
        && value.type().dataType() == DataType.F32
        && shown.layout().isDense()
        && shown.layout().shape().elements() == value.layout().shape().elements()
        && shown.buffer() == value.buffer()
        && shown.firstByte() == value.firstByte();
  }

  private static Stream<Fusion> mergedAttention(List<Step> rest) {
    List<Step> parts =
        rest.stream().takeWhile(step -> step.op() instanceof AttentionPartial).toList();
    Optional<Step> merge =
        stepAt(rest, parts.size())
            .filter(step -> step.op() instanceof AttentionMerge)
            .filter(step -> step.inputs().containsAll(parts.stream().map(Step::output).toList()));
    return merge.isPresent()
        ? Stream.of(finish(rest, parts.size()), Optional.<Step>empty())
            .map(finish -> new Fusion.MergedAttention(parts, merge, finish))
            .filter(fusion -> fusion.steps().size() > 1)
            .map(Fusion.class::cast)
        : parts.stream()
            .limit(1)
            .filter(_ -> finish(rest, 0).isPresent())
            .map(part -> new Fusion.MergedAttention(List.of(part), merge, finish(rest, 0)));
  }

  /// The step that finishes what the step at `index` contributes.
  private static Optional<Step> finish(List<Step> steps, int index) {
    return stepAt(steps, index + 1)
        .filter(step -> step.op() instanceof AttentionFinish)
        .filter(step -> step.input(0).equals(steps.get(index).output()));
  }

  private static Optional<Step> stepAt(List<Step> steps, int index) {
    return index < steps.size() ? Optional.of(steps.get(index)) : Optional.empty();
  }

  /// Whether all values but the last are read by the next steps alone, each once.
  private boolean isHidden(Fusion fusion) {
    return before(fusion)
        .map(Step::node)
        .allMatch(node -> !segment.results().contains(node) && reads.getOrDefault(node, 0) == 1);
  }

  /// Whether the result can be written while operands are still read.
  private static boolean isApart(Fusion fusion) {
    Tensor result = fusion.last().output();
    return fusion.apart().noneMatch(result::overlaps);
  }

  private static Stream<Step> before(Fusion fusion) {
    return fusion.steps().stream().limit(fusion.steps().size() - 1);
  }

  /// The node whose value a view shows.
  private static Node shown(Node node) {
    return node.op() instanceof Op.View ? shown(node.input(0)) : node;
  }
}
