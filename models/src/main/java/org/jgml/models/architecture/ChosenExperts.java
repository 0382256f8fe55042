package org.jgml.models.architecture;

import java.util.function.BinaryOperator;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;

/// The experts that the tokens of a layer are sent to.
///
/// @param unit makes one of gate and up, which are the same where experts have no gate
@GraphVocabulary
record ChosenExperts(Layer layer, Routing routing, BinaryOperator<Node> unit) {
  /// The sum of what they make of `x`, weighted.
  Node weighted(Node x) {
    GraphBuilder g = layer.graph();
    return Routing.sum(g, routing.weighted(g, answers(row(x))));
  }

  /// The sum of what they make of `x` times their weights.
  Node ofWeighted(Node x) {
    GraphBuilder g = layer.graph();
    return Routing.sum(g, answers(routing.weighted(g, row(x))));
  }

  /// `[tokens, n]` as `[tokens, 1, n]`.
  private Node row(Node x) {
    return layer.graph().reshape(x, x.type().shape().dim(0), 1, x.type().shape().rowLength());
  }

  /// What each makes of its row, or of the one for all, `[tokens, used, n]`.
  private Node answers(Node rows) {
    Node gated = layer.has("ffn_gate_up_exps") ? joined(rows) : apart(rows);
    return linear(gated, "ffn_down_exps", rows.type().shape().rowLength());
  }

  private Node apart(Node rows) {
    int width = layer.model().experts().feedForwardLength();
    Node up = linear(rows, "ffn_up_exps", width);
    return unit.apply(layer.has("ffn_gate_exps") ? linear(rows, "ffn_gate_exps", width) : up, up);
  }

  /// The same where files have gate and up in one matrix.
  private Node joined(Node rows) {
    GraphBuilder g = layer.graph();
    int width = layer.model().experts().feedForwardLength();
    Node both = linear(rows, "ffn_gate_up_exps", 2L * width);
    return unit.apply(g.slice(both, 2, 0, width), g.slice(both, 2, width, width));
  }

  private Node linear(Node x, String name, long width) {
    GraphBuilder g = layer.graph();
    ModelTensors tensors = layer.tensors();
    int count = layer.model().experts().count();
    long inner = x.type().shape().rowLength();
    Node weights = tensors.matrices(g, layer.tensor(name) + ".weight", count, width, inner);
    Node product = g.named(name).matmulId(x, weights, routing.chosen());
    String bias = layer.tensor(name) + ".bias";
    return tensors.has(bias)
        ? g.add(product, routing.pickRows(g, tensors.matrix(g, bias, count, width)))
        : product;
  }
}
