package org.jgml.core.conformance;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.TensorType;

/// One op on made-up operands: what a device is given and what is expected follow from it alone.
///
/// @param sample the right use of the op that the case comes from, for its parameters
/// @param operands types, layouts and fills, which may differ from the sample's
/// @param values what is special about the operands' real numbers
/// @param seed what the operands' values are drawn from
public record ConformanceCase(
    Sample sample, List<CaseOperand> operands, ValueClass values, long seed) {
  public ConformanceCase {
    operands = List.copyOf(operands);
  }

  /// The case that a name describes.
  ///
  /// @throws IllegalArgumentException if it names no op, sample, type or layout that there is
  /// @throws org.jgml.core.tensor.GraphException if the op does not take such operands
  public static ConformanceCase named(String name) {
    return CaseName.parse(name);
  }

  /// The op with its parameters.
  public Op.Compute op() {
    return (Op.Compute) sample.op();
  }

  /// The name from which [#named] makes the case again: op, sample, operands with types, shapes and
  /// layouts, values, seed, and for the reader the op's parameters.
  public String name() {
    return CaseName.of(this);
  }

  List<TensorType> types() {
    return operands.stream().map(CaseOperand::type).toList();
  }

  /// The op as a node over inputs of the operands' types.
  public Node node() {
    GraphBuilder g = new GraphBuilder();
    Node[] inputs =
        operands.stream().map(CaseOperand::type).map(type -> input(g, type)).toArray(Node[]::new);
    return g.named("result").apply(op(), inputs);
  }

  private static Node input(GraphBuilder g, TensorType type) {
    return g.apply(new org.jgml.core.op.Input(type));
  }

  String operandText() {
    List<String> names = op().operandNames();
    return IntStream.range(0, operands.size())
        .mapToObj(i -> names.get(i) + "=" + operands.get(i).text())
        .collect(Collectors.joining(" "));
  }

  @Override
  public String toString() {
    return name();
  }
}
