package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.Shape;

/// Several residual streams of which a layer computes one: it predicts all from what they were, and
/// corrects the others by what the prediction of that one lacked (Baykal et al. 2023, *Alternating
/// Updates for Efficient Transformers*). They are `[tokens, streams, n]`; the first is computed.
record AlternatingStreams(Layer layer) {
  private static final float SHORTEST = 1e-6f;

  /// The embedding, and what learned matrices make of it, brought to its length.
  static Node begin(GraphBuilder g, ModelTensors tensors, Node embedded) {
    Shape shape = embedded.type().shape();
    int others = tensors.hyperparameters().gemma().streams() - 1;
    Node all =
        g.broadcast(
            g.reshape(embedded, 1, shape.dim(0), shape.dim(1)), others, shape.dim(0), shape.dim(1));
    Node made = ofLength(g, product(g, tensors, "altup_proj.weight", all), embedded);
    Node stack = g.concat(0, g.reshape(embedded, 1, shape.dim(0), shape.dim(1)), made);
    return g.permute(stack, 1, 0, 2);
  }

  /// The mean of the first stream and of what learned matrices make of the others, brought to its
  /// length.
  static Node merge(GraphBuilder g, ModelTensors tensors, Node x) {
    Shape shape = x.type().shape();
    Node first = first(g, x);
    Node others = g.permute(g.slice(x, 1, 1, shape.dim(1) - 1), 1, 0, 2);
    Node made = ofLength(g, product(g, tensors, "altup_unembd_proj.weight", others), first);
    Node sum = g.apply(new SumRows(), g.permute(made, 1, 2, 0));
    Node all = g.add(first, g.reshape(sum, shape.dim(0), shape.dim(2)));
    return g.scale(all, 1f / shape.dim(1), 0);
  }

  /// Each of `x` `[others, tokens, n]` times a matrix of its own.
  private static Node product(GraphBuilder g, ModelTensors tensors, String name, Node x) {
    Shape shape = x.type().shape();
    return g.matmul(x, tensors.matrices(g, name, shape.dim(0), shape.dim(2), shape.dim(2)));
  }

  /// Rows `[others, tokens, n]` as long as those of `like` `[tokens, n]`.
  private static Node ofLength(GraphBuilder g, Node x, Node like) {
    Node squares = g.apply(new SumRows(), g.unary(Unary.Kind.SQR, like));
    Node lengths = g.reshape(g.unary(Unary.Kind.SQRT, squares), 1, like.type().shape().dim(0), 1);
    return g.mul(g.apply(new L2Norm(SHORTEST), x), lengths);
  }

  /// The first stream, `[tokens, n]`.
  static Node first(GraphBuilder g, Node x) {
    return g.reshape(g.slice(x, 1, 0, 1), x.type().shape().dim(0), x.type().shape().dim(2));
  }

  /// The stream that is computed, `[tokens, n]`.
  Node active(Node x) {
    return first(layer.graph(), x);
  }

  /// The rows that what follows needs.
  Node kept(Node x) {
    GraphBuilder g = layer.graph();
    Shape shape = x.type().shape();
    Node rows = layer.kept(layer.rows(x));
    return g.reshape(rows, rows.type().shape().dim(0), shape.dim(1), shape.dim(2));
  }

  /// All streams, mixed by what the active one says.
  Node predict(Node x) {
    GraphBuilder g = layer.graph();
    long tokens = x.type().shape().dim(0);
    long count = x.type().shape().dim(1);
    Node mixes =
        layer.linear(modalities(active(x), "predict"), "altup_predict_coef", count * count);
    Node mixed = g.matmul(g.reshape(mixes, tokens, count, count), g.permute(x, 0, 2, 1));
    return g.add(x, mixed);
  }

  /// Predictions, corrected by what the layer computed `[tokens, n]`.
  Node correct(Node predicted, Node computed) {
    GraphBuilder g = layer.graph();
    Shape shape = predicted.type().shape();
    Node lacking = g.sub(computed, active(predicted));
    Node shares = layer.linear(modalities(computed, "correct"), "altup_correct_coef", shape.dim(1));
    Node each = g.reshape(g.scale(shares, 1, 1), shape.dim(0), shape.dim(1), 1);
    return g.add(predicted, g.mul(toAll(lacking, shape.dim(1)), each));
  }

  /// What a row says about streams, `[tokens, streams]`.
  private Node modalities(Node x, String use) {
    GraphBuilder g = layer.graph();
    int width = layer.model().embeddingLength();
    Node scale = layer.vector("altup_router_norm", width);
    Node normed =
        g.named("altup_router_norm." + use).rmsNorm(x, scale, layer.model().normEpsilon());
    Node weights =
        layer
            .tensors()
            .matrix(
                g,
                layer.tensor("altup_router") + ".weight",
                layer.model().gemma().streams(),
                width);
    return g.unary(Unary.Kind.TANH, g.matmul(g.scale(normed, 1f / width, 0), weights));
  }

  /// `x` with `row` `[tokens, n]` added to all streams but the first.
  Node plusBehindFirst(Node x, Node row) {
    GraphBuilder g = layer.graph();
    long others = x.type().shape().dim(1) - 1;
    Node raised = g.add(g.slice(x, 1, 1, others), toAll(row, others));
    return g.concat(1, g.slice(x, 1, 0, 1), raised);
  }

  private Node toAll(Node row, long count) {
    GraphBuilder g = layer.graph();
    Shape shape = row.type().shape();
    Node one = g.reshape(row, shape.dim(0), 1, shape.dim(1));
    return g.broadcast(one, shape.dim(0), count, shape.dim(1));
  }
}
