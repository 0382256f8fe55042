package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.LayerAttention;

/// One layer of a model while its graph is built: the vocabulary in which block builders are
/// written.
///
/// Names of tensors are those of GGUF files without the prefix `blk.N.`.
final class Layer {
  private final GraphBuilder g;
  private final ModelTensors tensors;
  private final Hyperparameters model;
  private final KvCache cache;
  private final Rope.Style ropeStyle;
  private final int index;
  private final Node positions;
  private final Node keptRows;

  /// @param keptRows the rows that the layers above need; null for all
  Layer(
      GraphBuilder g,
      ModelTensors tensors,
      KvCache cache,
      Rope.Style ropeStyle,
      int index,
      Node positions,
      Node keptRows) {
    this.g = g.scope("blk." + index);
    this.tensors = tensors;
    this.model = tensors.hyperparameters();
    this.cache = cache;
    this.ropeStyle = ropeStyle;
    this.index = index;
    this.positions = positions;
    this.keptRows = keptRows;
  }

  GraphBuilder graph() {
    return g;
  }

  Hyperparameters model() {
    return model;
  }

  /// Normalises rows, times the learned scale of this name.
  Node rmsNorm(Node x, String name) {
    Node scale = tensors.vector(g, tensor(name) + ".weight", x.type().shape().rowLength());
    return g.named(name).rmsNorm(x, scale, model.normEpsilon());
  }

  /// `x` times a matrix of `width` rows, plus the bias if the file has one.
  Node linear(Node x, String name, long width) {
    Node weights = tensors.matrix(g, tensor(name) + ".weight", width, x.type().shape().rowLength());
    Node product = g.named(name).matmul(x, weights);
    String bias = tensor(name) + ".bias";
    return tensors.has(bias)
        ? g.named(name + ".biased").add(product, tensors.vector(g, bias, width))
        : product;
  }

  /// Rows `[tokens, heads · size]` as `[tokens, heads, size]`.
  Node heads(Node x, int heads) {
    long tokens = x.type().shape().dim(0);
    return g.reshape(x, tokens, heads, x.type().shape().dim(1) / heads);
  }

  /// Attention to everything the cache holds, this layer's keys and values included; heads joined.
  Node attend(Node query, Node key, Node value) {
    float scale = (float) (1 / Math.sqrt(model.headSize()));
    LayerAttention layer =
        new LayerAttention(index, query, key, value, positions, this::rotate, scale);
    Node attended = cache.attend(g, layer);
    return g.reshape(
        attended, attended.type().shape().dim(0), (long) model.heads() * model.valueSize());
  }

  private Node rotate(GraphBuilder builder, Node x, Node at) {
    boolean withFactors = tensors.has("rope_freqs.weight");
    RopeAngles angles =
        new RopeAngles(model.ropeDimensions(), model.ropeBase(), model.ropeScaling(), withFactors);
    if (!withFactors) {
      return builder.rope(ropeStyle, x, angles, at);
    }
    Node factors = tensors.vector(builder, "rope_freqs.weight", model.ropeDimensions() / 2);
    return builder.rope(ropeStyle, x, angles, at, factors);
  }

  /// The rows that what follows needs: all but in the last layer.
  Node kept(Node x) {
    return keptRows == null ? x : g.getRows(x, keptRows);
  }

  private String tensor(String name) {
    return "blk." + index + "." + name;
  }
}
