package org.jgml.models.architecture;

import java.util.Arrays;

/// One dense layer, then experts and two shared ones.
abstract class ExactDeepSeekMoe extends PreNorm {
  static final int COUNT = 12;
  static final int USED = 3;
  private static final int EXPERT = 24;
  private static final double SCALE_OF_WEIGHTS = 1.5;
  private static final int GROUPS = 4;
  private static final int USED_GROUPS = 2;
  private final boolean sigmoid;
  private boolean inGroups;

  /// @param sigmoid whether experts are chosen as in V3
  ExactDeepSeekMoe(String architecture, boolean sigmoid) {
    this(architecture, sigmoid, 3);
  }

  ExactDeepSeekMoe(String architecture, boolean sigmoid, int layers) {
    this.sigmoid = sigmoid;
    super(architecture, layers);
    file.number("leading_dense_block_count", 1);
    file.number("expert_count", COUNT);
    file.number("expert_used_count", USED);
    file.number("expert_shared_count", 2);
    file.number("expert_feed_forward_length", EXPERT);
    file.real("expert_weights_scale", (float) SCALE_OF_WEIGHTS);
    if (sigmoid) {
      file.number("expert_gating_func", 2);
      file.flag("expert_weights_norm", true);
    }
  }

  @Override
  void addFeedForwardPart(String layer) {
    if (layer.equals("blk.0.")) {
      addFeedForward(layer, "", INNER);
      return;
    }
    addExperts(layer, COUNT, EXPERT);
    addFeedForward(layer, "_shexp", 2 * EXPERT);
    if (sigmoid && !file.has(layer + "exp_probs_b")) {
      file.vector(layer + "exp_probs_b.bias", -0.5, 0.5, COUNT);
    }
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    if (layer.equals("blk.0.")) {
      return super.feedForwardPart(layer, x);
    }
    double[][] chosen =
        sigmoid
            ? experts(x, layer, USED, true, ExactTransformer::sigmoids)
            : experts(x, layer, USED, false);
    double[][] scaled = rows(chosen, row -> map(row, v -> SCALE_OF_WEIGHTS * v));
    return plus(scaled, feedForward(x, layer, "_shexp", ExactTransformer::silu));
  }

  /// Lets each token choose its experts from the best groups: those with the best expert, or with
  /// the best two where each has a gate of its own.
  final void chooseInGroups() {
    inGroups = true;
    file.number("expert_group_count", GROUPS);
    file.number("expert_group_used_count", USED_GROUPS);
  }

  @Override
  double[] eligible(double... merits) {
    if (!inGroups) {
      return merits;
    }
    int size = merits.length / GROUPS;
    double[] sums = new double[GROUPS];
    for (int group = 0; group < GROUPS; group++) {
      double[] own = Arrays.copyOfRange(merits, group * size, (group + 1) * size);
      Arrays.sort(own);
      sums[group] = Arrays.stream(own, size - (sigmoid ? 2 : 1), size).sum();
    }
    double[] eligible = new double[merits.length];
    Arrays.fill(eligible, Double.NEGATIVE_INFINITY);
    for (int group : best(USED_GROUPS, sums)) {
      System.arraycopy(merits, group * size, eligible, group * size, size);
    }
    return eligible;
  }
}
