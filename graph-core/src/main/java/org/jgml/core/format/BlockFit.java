package org.jgml.core.format;

/// The common factor of a block, and for each of its groups the code of its scale and the integers
/// of its elements, such that the squared error is small.
///
/// Each group's own best scale comes first. The factor is the one for which these scales, rounded
/// to codes, cost least; then codes and integers are chosen again with the factor as it is stored,
/// and once more after the factor was fitted to them.
final class BlockFit {
  private static final int FACTORS = 12;

  private final Multipliers multipliers;
  private final int groups;
  private final int groupElements;
  private final GroupFit group;
  private final float[] scales;
  private final double[] powers;
  private Choice best;

  /// A factor and what belongs to it.
  private static final class Choice {
    final float factor;
    final int[] codes;
    final byte[] levels;
    double error;
    double products;
    double squares;

    Choice(float factor, int groups, int elements) {
      this.factor = factor;
      this.codes = new int[groups];
      this.levels = new byte[elements];
    }
  }

  BlockFit(Codebook codebook, Multipliers multipliers, int groups, int groupElements) {
    this.multipliers = multipliers;
    this.groups = groups;
    this.groupElements = groupElements;
    this.group = new GroupFit(codebook, groupElements);
    this.scales = new float[groups];
    this.powers = new double[groups];
  }

  float factor() {
    return best.factor;
  }

  int code(int index) {
    return best.codes[index];
  }

  byte[] levels() {
    return best.levels;
  }

  void search(float[] source, int at) {
    for (int i = 0; i < groups; i++) {
      if (multipliers.areSigned()) {
        group.searchSigned(source, at + groupElements * i);
      } else {
        group.search(source, at + groupElements * i);
      }
      scales[i] = group.scale();
      powers[i] = group.power();
    }
    best = settle(source, at, bestFactor());
    if (best.squares > 0) {
      float fitted = Halves.nearest((float) (best.products / best.squares));
      Choice next = settle(source, at, fitted);
      best = next.error < best.error ? next : best;
    }
  }

  private float bestFactor() {
    float extreme = Extremes.farthestFromZero(scales, 0, groups);
    float best = Halves.nearest(extreme / multipliers.last());
    double least = cost(best);
    for (int i = -FACTORS; i <= FACTORS; i++) {
      float stretch = 1 + i / (2f * multipliers.count());
      for (float end : new float[] {multipliers.first(), multipliers.last()}) {
        float factor = Halves.nearest(extreme / (end * stretch));
        double cost = cost(factor);
        if ((end > multipliers.first() || multipliers.areSigned()) && cost < least) {
          least = cost;
          best = factor;
        }
      }
    }
    return best;
  }

  /// What rounding the scales to codes costs with a factor.
  private double cost(float factor) {
    float inverse = Extremes.inverse(factor);
    double cost = 0;
    for (int i = 0; i < groups; i++) {
      float rounded = factor * multipliers.value(multipliers.nearest(scales[i] * inverse));
      cost += powers[i] * (scales[i] - rounded) * (scales[i] - rounded);
    }
    return cost;
  }

  private Choice settle(float[] source, int at, float factor) {
    Choice choice = new Choice(factor, groups, groups * groupElements);
    for (int i = 0; i < groups; i++) {
      int first = at + groupElements * i;
      int code = bestCode(source, first, factor, scales[i]);
      float multiplier = multipliers.value(code);
      choice.codes[i] = code;
      choice.error += group.error(source, first, factor * multiplier);
      choice.products += multiplier * group.products();
      choice.squares += multiplier * multiplier * group.squares();
      System.arraycopy(group.levels(), 0, choice.levels, groupElements * i, groupElements);
    }
    return choice;
  }

  private int bestCode(float[] source, int at, float factor, float scale) {
    int near = multipliers.nearest(scale * Extremes.inverse(factor));
    int best = near;
    double least = group.error(source, at, factor * multipliers.value(near));
    for (int code : new int[] {near - 1, near + 1}) {
      if (code >= 0 && code < multipliers.count()) {
        double error = group.error(source, at, factor * multipliers.value(code));
        if (error < least) {
          least = error;
          best = code;
        }
      }
    }
    return best;
  }
}
