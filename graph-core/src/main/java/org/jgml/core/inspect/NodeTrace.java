package org.jgml.core.inspect;

import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jgml.core.graph.Node;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;

/// Writes a line for each node that has run and whose name matches: type, op, source line, and what
/// its result is like.
///
/// @param names found anywhere in a node's name
/// @param lines takes the lines
public record NodeTrace(Pattern names, Consumer<String> lines) implements Observer {
  @Override
  public void after(ObservedNode observed, long nanos) {
    Node node = observed.step().node();
    if (names.matcher(node.name()).find()) {
      TensorStatistics statistics = TensorStatistics.of(observed.step().output());
      String line = node.sourceLine().isEmpty() ? "" : " at " + node.sourceLine();
      lines.accept(
          "%s %s %s%s: %s".formatted(node.name(), node.op().name(), node.type(), line, statistics));
    }
  }
}
