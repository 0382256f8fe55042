package org.jgml.models.architecture;

import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Norm;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.Shape;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention;
import org.jgml.kvcache.LayerAttention.Rotation;

/// One layer of a model while its graph is built: the vocabulary in which block builders are
/// written.
///
/// Names of tensors are those of GGUF files without the prefix `blk.N.`.
@GraphVocabulary
final class Layer {
  private final GraphBuilder g;
  private final ModelTensors tensors;
  private final Hyperparameters model;
  private final LayerStack stack;
  private final int index;
  private final Node keptRows;
  private final HeadProjections projections = new HeadProjections(this);

  /// @param keptRows the rows that the layers above need; null for all
  Layer(GraphBuilder g, LayerStack stack, int index, Node keptRows) {
    this.g = g.scope("blk." + index);
    this.stack = stack;
    this.index = index;
    this.keptRows = keptRows;
    tensors = stack.tensors();
    model = tensors.hyperparameters().ofLayer(index);
  }

  GraphBuilder graph() {
    return g;
  }

  Hyperparameters model() {
    return model;
  }

  /// The number of the layer, from 0.
  int index() {
    return index;
  }

  /// Whether the layer attends to earlier tokens.
  boolean attends() {
    return !model.recurrence().layers().get(index);
  }

  /// Whether queries see a sliding window, where files say for each layer which attention it has.
  boolean isLocal() {
    return model.layers().isLocal(index).orElse(false);
  }

  /// Whether queries see everything and not a window: what the file says, or else in the last of
  /// each `usualPeriod` layers.
  boolean seesAll(int usualPeriod) {
    return model.layers().seesAll(index, usualPeriod);
  }

  /// The same for models of which the first of each period sees everything.
  boolean seesAllAsFirstOf(int usualPeriod) {
    return model.layers().seesAllAsFirstOf(index, usualPeriod);
  }

  /// Whether the layer attends to the keys and values of an earlier one.
  boolean borrowsKeys() {
    return index >= model.layers().withKeys();
  }

  /// Standard deviations above the mean from which on the gate lets elements pass, if it does not
  /// let all.
  Optional<Float> sparsity() {
    List<Float> ofLayers = model.gemma().sparsities();
    return ofLayers.isEmpty()
        ? Optional.empty()
        : Optional.of(ofLayers.get(index)).filter(Float::isFinite);
  }

  /// What the layer reads beside the stream, `[tokens, width]`, in the rows that what follows
  /// needs.
  Optional<Node> input() {
    return stack.inputs().map(this::input);
  }

  private Node input(Node all) {
    Node own = g.slice(all, 1, index, 1);
    return kept(g.reshape(own, all.type().shape().dim(0), all.type().shape().dim(2)));
  }

  /// Whether the file has weights of this name.
  boolean has(String name) {
    return tensors.has(tensor(name) + ".weight");
  }

  /// Whether this is the last of each `period` layers.
  boolean isLastOf(int period) {
    return index % period == period - 1;
  }

  /// Normalises rows, times the learned scale of this name.
  Node rmsNorm(Node x, String name) {
    return normed(x, Normalisation.RMS, name);
  }

  /// Normalises rows so, with what was learned under this name.
  Node normed(Node x, Normalisation normalisation, String name) {
    return normalisation.apply(g, tensors, x, tensor(name), name);
  }

  /// Normalises rows.
  Node rmsNorm(Node x) {
    return g.apply(new RmsNorm(model.normEpsilon(), false), x);
  }

  /// A vector of the layer.
  Node vector(String name, long length) {
    return tensors.vector(g, tensor(name) + ".weight", length);
  }

  /// Factors that belong to a matrix.
  Node scales(String name, long length) {
    return tensors.vector(g, tensor(name) + ".scale", length);
  }

  /// Brings rows to mean 0 and variance 1, times the learned scale of this name, plus its bias.
  Node layerNorm(Node x, String name) {
    return normed(x, Normalisation.LAYER, name);
  }

  /// Brings each head to mean 0 and variance 1, times a learned scale of its own.
  Node layerNormOfHeads(Node x, String name) {
    Shape shape = x.type().shape();
    Node standardised = g.apply(new Norm(model.normEpsilon()), x);
    Node scale = tensors.matrix(g, tensor(name) + ".weight", shape.dim(1), shape.dim(2));
    return g.named(name).mul(standardised, scale);
  }

  /// A matrix by its whole name.
  Node bareMatrix(String name, long rows, long columns) {
    return tensors.matrix(g, tensor(name), rows, columns);
  }

  /// A vector whose name has no ending.
  Node bareVector(String name, long length) {
    return tensors.vector(g, tensor(name), length);
  }

  /// So many numbers, whatever the extents that files give them; the name has no ending.
  Node elements(String name, long count) {
    return tensors.elements(g, tensor(name), count);
  }

  /// Each head of `x` `[tokens, heads, n]` times a matrix of its own, of `width` rows.
  Node linearOfHeads(Node x, String name, long width) {
    Shape shape = x.type().shape();
    String weight = tensor(name) + ".weight";
    Node matrices = tensors.matrices(g, weight, shape.dim(1), width, shape.dim(2));
    return g.permute(g.named(name).matmul(g.permute(x, 1, 0, 2), matrices), 1, 0, 2);
  }

  /// `x` times a matrix of `width` rows, times the factor of the matrix and plus the bias if the
  /// file has them.
  Node linear(Node x, String name, long width) {
    Node weights = tensors.matrix(g, tensor(name) + ".weight", width, x.type().shape().rowLength());
    Node product = g.named(name).matmul(x, weights);
    boolean hasFactor = tensors.isOneNumber(tensor(name) + ".scale");
    return biased(hasFactor ? g.mul(product, scales(name, 1)) : product, name);
  }

  /// `x` times a matrix of as many rows as the file has.
  Node linearToAll(Node x, String name) {
    Node weights = tensors.rows(g, tensor(name) + ".weight", x.type().shape().rowLength());
    return g.named(name).matmul(x, weights);
  }

  /// `x` plus the bias of this name, if the file has one, with the ending or without.
  Node biased(Node x, String name) {
    String ended = tensor(name) + ".bias";
    String bias = tensors.has(ended) ? ended : tensor(name);
    return tensors.has(bias)
        ? g.named(name + ".biased").add(x, tensors.vector(g, bias, x.type().shape().rowLength()))
        : x;
  }

  /// The queries of `x`, `[tokens, heads, headSize]`.
  Node query(Node x) {
    return projections.query(x);
  }

  /// The keys of `x`, `[tokens, keyHeads, headSize]`.
  Node key(Node x) {
    return projections.key(x);
  }

  /// The values of `x`, `[tokens, keyHeads, valueSize]`.
  Node value(Node x) {
    return projections.value(x);
  }

  /// Rows `[tokens, heads · size]` as `[tokens, heads, size]`.
  Node heads(Node x, int heads) {
    return g.reshape(x, x.type().shape().dim(0), heads, x.type().shape().dim(1) / heads);
  }

  /// Heads `[tokens, heads, size]` as rows `[tokens, heads · size]`.
  Node rows(Node x) {
    return g.reshape(x, x.type().shape().dim(0), x.type().shape().dim(1) * x.type().shape().dim(2));
  }

  /// Attention to everything the cache holds, this layer's keys and values included, rotated as the
  /// model is.
  Node attend(Node query, Node key, Node value) {
    return attend(query, key, value, model.scores().global(), rotation());
  }

  /// Attention to what the scores let it see, in the rows that what follows needs; heads joined and
  /// projected back to the residual stream.
  Node attend(Node query, Node key, Node value, AttentionScores scores, Rotation rotation) {
    Node attended = rows(attended(query, key, value, scores, rotation));
    return linear(kept(attended), "attn_output", model.embeddingLength());
  }

  /// The heads of values that attention gives, `[tokens, heads, valueSize]`.
  Node attended(Node query, Node key, Node value, AttentionScores scores, Rotation rotation) {
    String sinks = tensor("attn_sinks") + ".weight";
    Optional<Node> scoresOfSinks =
        tensors.has(sinks)
            ? Optional.of(tensors.vector(g, sinks, model.heads().queries()))
            : Optional.empty();
    int order = model.recurrence().attendingBefore(index);
    return attended(new LayerAttention(order, query, key, value, rotation, scores, scoresOfSinks));
  }

  private Node attended(LayerAttention attention) {
    stack.attentions().put(index, attention);
    return stack.cache().attend(g, attention);
  }

  /// Attention to the keys and values of the last layer of the same kind that has its own.
  Node attendAgain(Node query, AttentionScores scores, Rotation rotation) {
    LayerAttention lender = stack.attentions().get(model.layers().lender(index));
    Node attended =
        attended(
            new LayerAttention(
                lender.layer(), query, lender.key(), lender.value(), rotation, scores));
    return linear(kept(rows(attended)), "attn_output", model.embeddingLength());
  }

  /// What the layer remembers of earlier tokens in states of a fixed size.
  LayerMemory memory() {
    return new LayerMemory(this);
  }

  /// The rotation of the model, stretched as the file says; none where scores fall with the
  /// distance instead, or positions are learned.
  Rotation rotation() {
    return rotation(model.rope().scaling());
  }

  /// The same, stretched otherwise.
  Rotation rotation(RopeScaling scaling) {
    boolean rotates = stack.ropeStyle().isPresent() && model.scores().distanceBias() == 0;
    RopeParameters rope = model.rope();
    return rotates
        ? rotation(rope.base(), rope.dimensions(), scaling, frequencyFactors())
        : Rotation.NONE;
  }

  /// A rotation after which queries grow with their position.
  Rotation tempered(Rotation rotation, QueryTemperature temperature) {
    return temperature.strength() == 0
        ? rotation
        : new TemperedRotation(rotation, temperature, stack.queryFactors());
  }

  /// A rotation after which each head is normalised by the RMS norms of these names.
  Rotation normed(Rotation rotation, String queryNorm, String keyNorm) {
    return new NormedRotation(
        rotation,
        vector(queryNorm, model.heads().keySize()),
        vector(keyNorm, model.heads().keySize()),
        model.normEpsilon());
  }

  /// A rotation by plain frequencies of this base.
  Rotation rotation(float base) {
    return rotation(base, model.rope().dimensions(), RopeScaling.NONE, null);
  }

  /// The rotation in layers with a sliding window, where an architecture tells them apart.
  Rotation localRotation() {
    RopeParameters rope = model.rope();
    return rotation(rope.localBase(), rope.localDimensions(), RopeScaling.NONE, null);
  }

  /// @param factors name of a vector of divisors of the frequencies; null for none
  private Rotation rotation(float base, int dimensions, RopeScaling scaling, String factors) {
    RopeAngles angles = new RopeAngles(dimensions, base, scaling, factors != null);
    Node divisors = factors == null ? null : tensors.vector(g, factors, dimensions / 2);
    return new RotaryPositions(stack.ropeStyle().orElseThrow(), angles, divisors);
  }

  /// The factors of the model's rotation: Llama 3 has one vector, LongRoPE (Ding et al. 2024) one
  /// for the trained length and another for what goes beyond. Null if the file has none.
  private String frequencyFactors() {
    if (tensors.has("rope_factors_long.weight")) {
      tensors.requireVector("rope_factors_long.weight", model.rope().dimensions() / 2);
      tensors.requireVector("rope_factors_short.weight", model.rope().dimensions() / 2);
      return stack.cache().reach() > model.rope().originalContext()
          ? "rope_factors_long.weight"
          : "rope_factors_short.weight";
    }
    return tensors.has("rope_freqs.weight") ? "rope_freqs.weight" : null;
  }

  /// `down(act(gate(x)) · up(x))`.
  Node feedForward(Glu.Kind activation, Node x) {
    return feedForward(activation, x, model.feedForwardLength(), "");
  }

  /// `down(act(up(x)))`.
  Node feedForward(Unary.Kind activation, Node x) {
    Node up = linear(x, "ffn_up", model.feedForwardLength());
    return linear(g.unary(activation, up), "ffn_down", model.embeddingLength());
  }

  /// The feed-forward part of the tensors whose names end so.
  Node feedForward(Glu.Kind activation, Node x, int width, String ending) {
    Node gate = linear(x, "ffn_gate" + ending, width);
    Node up = linear(x, "ffn_up" + ending, width);
    return linear(g.glu(activation, gate, up), "ffn_down" + ending, model.embeddingLength());
  }

  /// What the chosen experts, each a SwiGLU feed-forward part, make of `x`: their weighted sum.
  Node experts(Node x, Routing routing) {
    return experts(x, routing, (gate, up) -> g.glu(Glu.Kind.SWIGLU, gate, up));
  }

  /// The same with another unit.
  Node experts(Node x, Routing routing, BinaryOperator<Node> unit) {
    return new ChosenExperts(this, routing, unit).weighted(x);
  }

  /// The sum of what the chosen experts make of `x` times their weights.
  Node expertsOfWeighted(Node x, Routing routing) {
    return new ChosenExperts(this, routing, (gate, up) -> g.glu(Glu.Kind.SWIGLU, gate, up))
        .ofWeighted(x);
  }

  /// `x` times a matrix of one row: a number for each token.
  Node linearToOne(Node x, String name) {
    Node weights = tensors.row(g, tensor(name) + ".weight", x.type().shape().rowLength());
    return g.named(name).matmul(x, weights);
  }

  /// The rows that what follows needs: all but in the last layer.
  Node kept(Node x) {
    return keptRows == null ? x : g.getRows(x, keptRows);
  }

  /// The weights of the model.
  ModelTensors tensors() {
    return tensors;
  }

  /// The name of a tensor in the file, without its ending.
  String tensor(String name) {
    return "blk." + index + "." + name;
  }
}
