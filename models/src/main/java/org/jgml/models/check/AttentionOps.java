package org.jgml.models.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.op.Softmax;
import org.jgml.core.tensor.Shape;

/// Attention and its parts: softmax, rotary positions.
final class AttentionOps {
  private static final int NORMAL = 0;
  private static final int NEOX = 2;

  private AttentionOps() {}

  static Map<String, Translation> translations() {
    return Map.of(
        "soft_max", AttentionOps::softmax,
        "rope", AttentionOps::rope,
        "flash_attn_ext", AttentionOps::attention);
  }

  private static Node softmax(CaseGraph g) {
    Node x = g.input(0);
    Optional<Node> mask = g.input("mask").map(node -> softmaxMask(g, node, x.type().shape()));
    Optional<Node> sinks = g.input("sinks").map(node -> g.withRank(node, 1));
    Softmax op =
        new Softmax(g.number("scale"), g.number("max_bias"), mask.isPresent(), sinks.isPresent());
    List<Node> operands = new ArrayList<>(List.of(x));
    mask.ifPresent(operands::add);
    sinks.ifPresent(operands::add);
    return g.apply(op, operands.toArray(Node[]::new));
  }

  /// A mask may have more rows than there are queries, and is repeated over heads and batch.
  private static Node softmaxMask(CaseGraph g, Node mask, Shape logits) {
    Node rows = withRows(g, mask, logits.dim(-2));
    return g.tiled(rows, logits);
  }

  private static Node withRows(CaseGraph g, Node mask, long queries) {
    return mask.type().shape().dim(-2) == queries ? mask : g.builder().slice(mask, -2, 0, queries);
  }

  private static Node rope(CaseGraph g) {
    Rope.Style style =
        switch ((int) g.parameters().integer("mode")) {
          case NORMAL -> Rope.Style.NORMAL;
          case NEOX -> Rope.Style.NEOX;
          default -> throw new NotTranslatable("no rope of this mode");
        };
    Optional<Node> factors = g.input("freq_factors").map(node -> g.withRank(node, 1));
    List<Node> operands = new ArrayList<>(List.of(g.input(1, 1)));
    factors.ifPresent(operands::add);
    RopeAngles angles =
        new RopeAngles(
            (int) g.parameters().integer("n_dims"),
            g.number("freq_base"),
            ropeScaling(g),
            factors.isPresent());
    return g.builder().rope(style, g.input(0), angles, operands.toArray(Node[]::new));
  }

  private static RopeScaling ropeScaling(CaseGraph g) {
    return new RopeScaling(
        g.number("freq_scale"),
        g.number("ext_factor"),
        g.number("attn_factor"),
        g.number("beta_fast"),
        g.number("beta_slow"),
        (int) g.parameters().integer("n_ctx_orig"));
  }

  private static Node attention(CaseGraph g) {
    Node query = tokensFirst(g, g.input(0));
    Node key = tokensFirst(g, g.input(1));
    Node value = tokensFirst(g, g.input(2));
    Shape queries = query.type().shape();
    List<Node> operands = new ArrayList<>(List.of(query, key, value));
    Optional<Node> mask =
        g.input("mask").map(node -> attentionMask(g, node, queries, key.type().shape().dim(-3)));
    mask.ifPresent(operands::add);
    Optional<Node> sinks = g.input("sinks").map(node -> g.withRank(node, 1));
    sinks.ifPresent(operands::add);
    Attention op =
        new Attention(
            g.number("scale"),
            g.number("logit_softcap"),
            g.number("max_bias"),
            mask.isPresent() ? AttentionMask.explicit() : AttentionMask.none(),
            sinks.isPresent());
    return g.apply(op, operands.toArray(Node[]::new));
  }

  /// `[batch, heads, tokens, size]` as `[batch, tokens, heads, size]`.
  private static Node tokensFirst(CaseGraph g, Node x) {
    return g.builder().permute(x, 0, 2, 1, 3);
  }

  private static Node attentionMask(CaseGraph g, Node mask, Shape queries, long keys) {
    Node rows = g.withRank(withRows(g, mask, queries.dim(-3)), 3);
    return rows.type().shape().dim(0) == 1
        ? g.withRank(rows, 2)
        : g.tiled(rows, Shape.of(queries.dim(-2), queries.dim(-3), keys));
  }
}
