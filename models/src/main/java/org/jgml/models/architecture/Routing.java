package org.jgml.models.architecture;

import org.jgml.core.graph.Compositions;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;

/// Which experts the tokens of a layer are sent to, and what their answers count.
///
/// @param chosen I32 `[tokens, used]`
/// @param weights F32 `[tokens, used]`
record Routing(Node chosen, Node weights) {
  /// More than any merit.
  private static final float FAR = 1e30f;

  /// The experts of the largest logits; weights are the softmax of these logits alone, and so add
  /// up to 1 (Jiang et al. 2024, section 2.1).
  static Routing softmaxOfChosen(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node logits = logits(layer, x);
    Node chosen = choose(layer, logits);
    return new Routing(chosen, g.softmax(Compositions.elementsAt(g, logits, chosen)));
  }

  /// The experts of the largest logits; weights are their part of the softmax of all, and so add up
  /// to less than 1.
  static Routing chosenOfSoftmax(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node logits = logits(layer, x);
    Node chosen = choose(layer, logits);
    return new Routing(chosen, Compositions.elementsAt(g, g.softmax(logits), chosen));
  }

  /// The experts and weights that the file asks for.
  static Routing ofFile(Layer layer, Node x) {
    Experts experts = layer.model().experts();
    return of(layer, x, experts.gating(), experts.weightsAddUp());
  }

  /// Experts chosen by their weights plus a bias, if the file has one, which keeps them equally
  /// busy (DeepSeek-AI 2024, *DeepSeek-V3*, section 2.1.2).
  static Routing of(Layer layer, Node x, Experts.Gating gating, boolean weightsAddUp) {
    GraphBuilder g = layer.graph();
    Node logits = logits(layer, x);
    Node all =
        switch (gating) {
          case SOFTMAX -> g.softmax(logits);
          case SIGMOID -> g.unary(Unary.Kind.SIGMOID, logits);
        };
    Node chosen = choose(layer, layer.biased(all, "exp_probs_b"));
    Node weights = Compositions.elementsAt(g, all, chosen);
    Node parts = weightsAddUp ? g.div(weights, g.apply(new SumRows(), weights)) : weights;
    return new Routing(chosen, g.scale(parts, layer.model().experts().weightScale(), 0));
  }

  private static Node logits(Layer layer, Node x) {
    return layer.linear(x, "ffn_gate_inp", layer.model().experts().count());
  }

  private static Node choose(Layer layer, Node merits) {
    Experts experts = layer.model().experts();
    Node eligible = experts.groups() > 1 ? ofBestGroups(layer, merits) : merits;
    return layer.graph().topK(eligible, experts.used());
  }

  /// The merits of experts in the best groups, and others far below all of them. A group is as good
  /// as its best expert (DeepSeek-AI 2024, *DeepSeek-V2*, section 2.2.2), or as its best two where
  /// each has a gate of its own (*DeepSeek-V3*, section 2.1.2).
  private static Node ofBestGroups(Layer layer, Node merits) {
    GraphBuilder g = layer.graph();
    Experts experts = layer.model().experts();
    int groups = experts.groups();
    long tokens = merits.type().shape().dim(0);
    Node grouped = layer.heads(merits, groups);
    int counted = experts.gating() == Experts.Gating.SIGMOID ? 2 : 1;
    Node best = Compositions.elementsAt(g, grouped, g.topK(grouped, counted));
    Node sums = g.reshape(g.apply(new SumRows(), best), tokens, groups);
    Node chosen = g.cast(g.topK(sums, experts.usedGroups()), DataType.F32);
    Node isChosen = among(g, g.reshape(chosen, tokens, 1, experts.usedGroups()), groups);
    return layer.rows(g.add(grouped, g.scale(isChosen, FAR, -FAR)));
  }

  /// For each number below `count` 1 if it is among `numbers` `[tokens, 1, n]`, else 0: `[tokens,
  /// count, 1]`.
  private static Node among(GraphBuilder g, Node numbers, int count) {
    Node all = g.reshape(Compositions.arange(g, 0, count, 1), count, 1);
    Node distances = g.unary(Unary.Kind.ABS, g.sub(numbers, all));
    return g.apply(new SumRows(), g.unary(Unary.Kind.RELU, g.scale(distances, -1, 1)));
  }

  /// `rows[chosen[t, u]]`, `[tokens, used, n]`.
  Node pickRows(GraphBuilder g, Node rows) {
    long tokens = chosen.type().shape().dim(0);
    long used = chosen.type().shape().dim(1);
    Node picked = g.getRows(rows, g.reshape(chosen, tokens * used));
    return g.reshape(picked, tokens, used, rows.type().shape().rowLength());
  }

  /// The same, the weights of each expert times its element of `factors` `[count]`.
  Routing times(GraphBuilder g, Node factors) {
    Node table = g.reshape(factors, factors.type().shape().dim(0), 1);
    Node each = g.reshape(pickRows(g, table), weights.type().shape().dim(0), used());
    return new Routing(chosen, g.mul(weights, each));
  }

  private long used() {
    return weights.type().shape().dim(1);
  }

  /// `weights[t, u] · x[t, u]`, `[tokens, used, n]`, of `x` `[tokens, used, n]` or `[tokens, 1,
  /// n]`.
  Node weighted(GraphBuilder g, Node x) {
    long tokens = weights.type().shape().dim(0);
    long width = x.type().shape().rowLength();
    Node each = g.reshape(weights, tokens, used(), 1);
    return g.mul(g.broadcast(x, tokens, used(), width), each);
  }

  /// `Σ x[t, u]`: `[tokens, used, n]` becomes `[tokens, n]`.
  static Node sum(GraphBuilder g, Node x) {
    Node sum = g.apply(new SumRows(), g.permute(x, 0, 2, 1));
    return g.reshape(sum, x.type().shape().dim(0), x.type().shape().dim(2));
  }
}
