package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.tensor.Layout;

/// Where the bytes of each node's value are: whose memory it shares, and in which layout.
///
/// A view shares the memory of what it shows, a node that overwrites its first operand shares that
/// operand's; every other node owns its memory and is dense in it.
final class Layouts {
  private final List<Layout> layouts = new ArrayList<>();
  private final List<Node> owners = new ArrayList<>();

  /// Layouts of a graph whose views can all be expressed by strides.
  static Layouts of(Graph graph) {
    Layouts result = new Layouts();
    graph.nodes().forEach(result::add);
    return result;
  }

  /// Adds the next node of the graph.
  void add(Node node) {
    switch (node.op()) {
      case Op.View view -> share(node, view.view(layout(node.input(0))).orElseThrow());
      case Op.Compute op when op.overwritesFirstOperand() -> share(node, layout(node.input(0)));
      case Op.Executed _, Op.Source _ -> {
        layouts.add(Layout.dense(node.type().shape()));
        owners.add(node);
      }
    }
  }

  private void share(Node node, Layout layout) {
    layouts.add(layout);
    owners.add(owner(node.input(0)));
  }

  /// Strides and offset in the owner's memory.
  Layout layout(Node node) {
    return layouts.get(node.id());
  }

  /// The node that owns the memory of this one.
  Node owner(Node node) {
    return owners.get(node.id());
  }
}
