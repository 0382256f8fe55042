package org.jgml.core.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Copy;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;

/// Finds the first node whose result holds a NaN, and where it came from. Of several runs, it tells
/// of the first.
///
/// Every node is retained, so that operands still hold what the node read.
public final class NanFinder implements Observer {
  private static final long MOST_EVALUATED = 1 << 25;

  private NanFinding finding;

  @Override
  public boolean retains(Node node) {
    return true;
  }

  @Override
  public void after(ObservedNode node, long nanos) {
    Tensor output = node.step().output();
    if (finding != null || output.type().dataType().isInteger()) {
      return;
    }
    TensorStatistics statistics = TensorStatistics.of(output);
    if (statistics.hasNan()) {
      finding = describe(node, statistics);
    }
  }

  /// What was found so far.
  public Optional<NanFinding> finding() {
    return Optional.ofNullable(finding);
  }

  private static NanFinding describe(ObservedNode node, TensorStatistics output) {
    List<NanFinding.Operand> operands = new ArrayList<>();
    for (int i = 0; i < node.step().inputs().size(); i++) {
      if (i == 0 && node.step().op().overwritesFirstOperand()) {
        // Its bytes are the result's by now.
        continue;
      }
      TensorStatistics statistics = TensorStatistics.of(node.step().input(i));
      operands.add(
          new NanFinding.Operand(
              node.step().node().input(i),
              statistics,
              NodeText.operand(node, i, statistics) + pairedElement(node, i, output.firstNan())));
    }
    return new NanFinding(
        node.step().node(),
        node.device().name(),
        NodeText.title(node),
        output,
        operands,
        definition(node, output.firstNan()));
  }

  /// What the op's definition gives for an element, if that can be told with reasonable memory.
  private static OptionalDouble definition(ObservedNode node, long index) {
    Step step = node.step();
    long elements =
        step.inputs().stream().mapToLong(input -> input.type().shape().elements()).sum();
    if (elements > MOST_EVALUATED || step.op() instanceof Copy) {
      return OptionalDouble.empty();
    }
    List<Arguments.Values> values =
        step.inputs().stream()
            .map(input -> new Arguments.Values(input.type().shape(), HostTensor.of(input).values()))
            .toList();
    double[] result = step.op().evaluate(new Arguments(step.op(), values), step.node().type());
    return OptionalDouble.of(result[(int) index]);
  }

  /// The operand's element that broadcasting pairs with the NaN, if the shapes fit.
  private static String pairedElement(ObservedNode node, int operand, long nan) {
    Tensor tensor = node.step().input(operand);
    boolean isElementwise = node.step().op() instanceof Binary;
    if (!isElementwise && !node.step().op().reusableOperands().contains(operand)
        || !tensor.type().shape().broadcastsTo(node.step().output().type().shape())) {
      return "";
    }
    long index = tensor.type().shape().broadcastIndex(node.step().node().type().shape(), nan);
    double[] found = new double[1];
    HostTensor.of(tensor).forEach((at, value) -> found[0] = at == index ? value : found[0]);
    return ", at %s %s"
        .formatted(
            NodeText.position(tensor.type().shape(), index), TensorStatistics.number(found[0]));
  }
}
