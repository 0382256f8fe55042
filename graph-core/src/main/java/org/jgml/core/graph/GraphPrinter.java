package org.jgml.core.graph;

import java.util.function.Function;
import java.util.stream.Collectors;
import org.jgml.core.op.Op;

/// Shows graphs as text, one line a node, and as DOT for graphviz.
public final class GraphPrinter {
  private GraphPrinter() {}

  /// One line a node: id, name, type, op with parameters, inputs, and the source line if it is
  /// known.
  public static String text(Graph graph) {
    return text(graph, _ -> "");
  }

  /// As [#text(Graph)] with a remark after each node, such as the device it runs on.
  public static String text(Graph graph, Function<Node, String> remark) {
    StringBuilder text = new StringBuilder();
    for (Node node : graph.nodes()) {
      String inputs = node.inputs().stream().map(Node::name).collect(Collectors.joining(", "));
      String line =
          "%4d  %-32s %-20s %s(%s) %s%s"
              .formatted(
                  node.id(),
                  node.name(),
                  node.type(),
                  label(node.op()),
                  inputs,
                  remark.apply(node),
                  node.sourceLine().isEmpty() ? "" : " at " + node.sourceLine());
      text.append(printable(line.stripTrailing())).append('\n');
    }
    String outputs = graph.outputs().stream().map(Node::name).collect(Collectors.joining(", "));
    return text.append("outputs: ").append(printable(outputs)).append('\n').toString();
  }

  /// The graph in the DOT language, data flowing downwards.
  public static String dot(Graph graph) {
    StringBuilder dot = new StringBuilder("digraph {\n  node [shape=box, fontname=monospace];\n");
    for (Node node : graph.nodes()) {
      String shape =
          switch (node.op()) {
            case Op.Source _ -> "ellipse";
            case Op.View _ -> "plaintext";
            case Op.Executed _ -> graph.outputs().contains(node) ? "doubleoctagon" : "box";
          };
      dot.append("  n%d [shape=%s, label=\"".formatted(node.id(), shape))
          .append("%s\\n%s\\n%s".formatted(label(node.name()), node.op().name(), node.type()))
          .append(node.sourceLine().isEmpty() ? "" : "\\n" + label(node.sourceLine()))
          .append("\"];\n");
      for (Node input : node.inputs()) {
        dot.append("  n%d -> n%d;\n".formatted(input.id(), node.id()));
      }
    }
    return dot.append("}\n").toString();
  }

  /// A text within quotes of DOT, where a backslash begins an escape.
  private static String label(String text) {
    return printable(text).replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /// Names may hold anything.
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?");
  }

  /// The op with its parameters, without those that the node's type repeats.
  private static String label(Op op) {
    if (op instanceof Op.Source) {
      return op.name();
    }
    String parameters = op.toString();
    int open = parameters.indexOf('[');
    String inner = open < 0 ? "" : parameters.substring(open + 1, parameters.length() - 1);
    return inner.isEmpty() || op.name().equalsIgnoreCase(inner.replace("kind=", ""))
        ? op.name()
        : op.name() + "{" + inner + "}";
  }
}
