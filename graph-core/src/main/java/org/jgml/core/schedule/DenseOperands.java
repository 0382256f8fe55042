package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Copy;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Op;
import org.jgml.core.op.State;
import org.jgml.core.tensor.Layout;

/// Inserts the copies that make every step legal for a device: operands have dense rows, reshapes
/// can be expressed by strides, and what is overwritten may be overwritten.
final class DenseOperands {
  private final GraphBuilder builder = new GraphBuilder();
  private final Layouts layouts = new Layouts();
  private final List<Node> rebuilt = new ArrayList<>();
  private final Map<Node, Node> dense = new HashMap<>();
  private final Set<String> wanted;

  private DenseOperands(Graph graph, Predicate<Node> retained) {
    Stream<Node> kept =
        graph.nodes().stream()
            .filter(node -> node.viewed().op() instanceof Op.Executed && retained.test(node));
    wanted =
        Stream.concat(graph.outputs().stream(), kept)
            .map(node -> node.viewed().name())
            .collect(Collectors.toSet());
  }

  /// The same graph with a `copy` wherever one is needed. Nodes keep their names.
  static Graph apply(Graph graph, Predicate<Node> retained) {
    DenseOperands pass = new DenseOperands(graph, retained);
    graph.nodes().forEach(pass::add);
    return pass.builder.build(
        graph.outputs().stream().map(node -> pass.rebuilt.get(node.id())).toArray(Node[]::new));
  }

  private void add(Node node) {
    Node[] inputs = node.inputs().stream().map(i -> rebuilt.get(i.id())).toArray(Node[]::new);
    for (int i = 0; i < inputs.length; i++) {
      if (needsDense(node.op(), layouts.layout(inputs[i]))) {
        inputs[i] = dense.computeIfAbsent(inputs[i], input -> copy(input.name(), input));
      }
    }
    if (node.op() instanceof Op.Compute op && op.overwritesFirstOperand() && keeps(inputs[0])) {
      inputs[0] = copy(node.name() + ".destination", inputs[0]);
    }
    Node added = builder.copy(node, inputs);
    layouts.add(added);
    rebuilt.add(added);
  }

  private static boolean needsDense(Op op, Layout operand) {
    return switch (op) {
      case Op.View view -> view.view(operand).isEmpty();
      case Copy _ -> false;
      case Op.Compute compute ->
          compute.needsDenseOperands() ? !operand.isDense() : !operand.hasDenseRows();
      case Op.Source _, HostCall _ -> false;
    };
  }

  /// Whether the memory behind a node must keep its values: the user gave it, or wants it.
  private boolean keeps(Node node) {
    Node owner = layouts.owner(node);
    boolean isGiven = owner.op() instanceof Op.Source && !(owner.op() instanceof State);
    return isGiven || wanted.contains(owner.name());
  }

  private Node copy(String name, Node input) {
    Node copied = builder.named(name + ".dense").apply(new Copy(), input);
    layouts.add(copied);
    return copied;
  }
}
