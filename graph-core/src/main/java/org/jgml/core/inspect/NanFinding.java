package org.jgml.core.inspect;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jgml.core.graph.Node;

/// The first node that gave a NaN.
///
/// @param node the node
/// @param device the name of the device that ran it
/// @param title the node in words, with its source line if the graph was traced
/// @param output what its result was like
/// @param operands what it read; without an operand that the result overwrote
/// @param definition what the op's definition gives for the first NaN, from the same operands;
///   empty if the operands are too large to tell
public record NanFinding(
    Node node,
    String device,
    String title,
    TensorStatistics output,
    List<Operand> operands,
    OptionalDouble definition) {
  /// An operand.
  ///
  /// @param node where it came from
  /// @param line the operand in words
  public record Operand(Node node, TensorStatistics statistics, String line) {}

  public NanFinding {
    operands = List.copyOf(operands);
  }

  /// Operands that cannot have been innocent: they hold NaN or infinities. Empty if the node made
  /// the NaN from finite values.
  public List<Operand> culprits() {
    return operands.stream()
        .filter(operand -> operand.statistics().hasNan() || operand.statistics().infinities() > 0)
        .toList();
  }

  /// The finding in a few lines.
  public String report() {
    String position = NodeText.position(node.type().shape(), output.firstNan());
    return "first NaN: %s\n  result: %d of %d are NaN, the first at %s; %s\n%s\n  %s"
        .formatted(
            title,
            output.nans(),
            output.elements(),
            position,
            output,
            operands.stream().map(Operand::line).collect(Collectors.joining("\n")),
            origin());
  }

  private String origin() {
    if (!culprits().isEmpty()) {
      return culprits().stream()
          .map(operand -> "'" + operand.node().name() + "'")
          .collect(Collectors.joining(", ", "comes from ", ", which is not finite"));
    }
    String made = "made here: every operand is finite";
    if (definition.isEmpty()) {
      return made;
    }
    double right = definition.orElseThrow();
    return Double.isNaN(right)
        ? made + ", and the op's definition gives NaN there too"
        : "%s, and the op's definition gives %s there: the kernel is wrong"
            .formatted(made, TensorStatistics.number(right));
  }
}
