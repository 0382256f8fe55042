package org.jgml.core.backend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Glu;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.op.Rope;
import org.jgml.core.op.SetRows;
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
    return candidate(rest)
        .filter(this::isHidden)
        .filter(FusionSearch::isApart)
        .filter(taken)
        .orElseGet(() -> new Fusion.Single(rest.getFirst()));
  }

  /// What the ops of the next steps make together, if anything.
  private static Optional<Fusion> candidate(List<Step> rest) {
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
    Tensor rotated = rotation.output();
    Tensor rows = store.input(1);
    boolean fits =
        rows.type().dataType() == DataType.F32
            && rows.layout().isDense()
            && rows.layout().shape().elements() > 0
            && rows.layout().shape().elements() == rotated.layout().shape().elements()
            && rows.buffer() == rotated.buffer()
            && rows.firstByte() == rotated.firstByte();
    return fits ? Optional.of(new Fusion.StoredRotation(rotation, store)) : Optional.empty();
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
    return before(fusion).flatMap(step -> step.inputs().stream()).noneMatch(result::overlaps);
  }

  private static Stream<Step> before(Fusion fusion) {
    return fusion.steps().stream().limit(fusion.steps().size() - 1);
  }

  /// The node whose value a view shows.
  private static Node shown(Node node) {
    return node.op() instanceof Op.View ? shown(node.input(0)) : node;
  }
}
