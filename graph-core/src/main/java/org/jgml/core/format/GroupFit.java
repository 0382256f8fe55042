package org.jgml.core.format;

/// The scale for which a group of values is nearest to a codebook, by squared error.
///
/// A search over stretched codebooks: for each the nearest integers are found, and then the scale
/// that fits these integers best, `Σ x·q / Σ q²`.
final class GroupFit {
  private static final float SMALLEST_EXTREME = 1e-30f;

  private final Codebook codebook;
  private final int count;
  private final float[] stretches;
  private final byte[] levels;
  private double products;
  private double squares;
  private float scale;
  private double power;
  private double gain;

  GroupFit(Codebook codebook, int count) {
    this.codebook = codebook;
    this.count = count;
    this.stretches = codebook.stretches();
    this.levels = new byte[count];
  }

  /// The best scale that [#search] found; 0 for a group of zeros.
  float scale() {
    return scale;
  }

  /// The sum of squares of the integers at the best scale: how fast the error grows beside it.
  double power() {
    return power;
  }

  /// The integers of the last [#assign] or [#error].
  byte[] levels() {
    return levels;
  }

  /// Finds a positive scale.
  void search(float[] source, int at) {
    start();
    float extreme = Extremes.farthestFromZero(source, at, count);
    if (Math.abs(extreme) >= SMALLEST_EXTREME) {
      float level =
          extreme > 0 || codebook.smallest() >= 0 ? codebook.largest() : codebook.smallest();
      search(source, at, Math.abs(level / extreme));
    }
  }

  /// Finds a scale of either sign.
  void searchSigned(float[] source, int at) {
    start();
    float extreme = Extremes.farthestFromZero(source, at, count);
    if (Math.abs(extreme) >= SMALLEST_EXTREME) {
      search(source, at, codebook.smallest() / extreme);
      search(source, at, codebook.largest() / extreme);
    }
  }

  /// The best scale for a block without groups, as a half, and the integers nearest by it.
  ///
  /// @param levels as many as the block has elements
  static float halfScale(Codebook codebook, float[] source, int at, byte[] levels) {
    GroupFit fit = new GroupFit(codebook, levels.length);
    fit.searchSigned(source, at);
    float nearest = Halves.nearest(fit.scale());
    float scale = nearest;
    float whole = Extremes.farthestFromZero(source, at, levels.length) / codebook.smallest();
    float[] others = {Halves.below(nearest), Halves.above(nearest), Halves.nearest(whole)};
    for (float other : others) {
      scale = fit.error(source, at, other) < fit.error(source, at, scale) ? other : scale;
    }
    fit.assign(source, at, scale);
    System.arraycopy(fit.levels, 0, levels, 0, levels.length);
    return scale;
  }

  private void start() {
    scale = 0;
    power = 0;
    gain = 0;
  }

  private void search(float[] source, int at, float inverse) {
    for (float stretch : stretches) {
      consider(source, at, inverse * stretch);
    }
    if (scale != 0) {
      consider(source, at, 1 / scale);
    }
  }

  private void consider(float[] source, int at, float inverse) {
    assignAt(source, at, inverse);
    if (squares > 0 && products * products > gain * squares) {
      gain = products * products / squares;
      scale = (float) (products / squares);
      power = squares;
    }
  }

  /// The squared error at a scale, less the sum of squares of the values.
  double error(float[] source, int at, float candidate) {
    assign(source, at, candidate);
    return candidate * (candidate * squares - 2 * products);
  }

  /// Finds the nearest integers at a scale.
  void assign(float[] source, int at, float candidate) {
    assignAt(source, at, Extremes.inverse(candidate));
  }

  private void assignAt(float[] source, int at, float inverse) {
    codebook.assign(source, at, count, inverse, levels, 0);
    float product = 0;
    int square = 0;
    for (int i = 0; i < count; i++) {
      product += source[at + i] * levels[i];
      square += levels[i] * levels[i];
    }
    products = product;
    squares = square;
  }

  /// `Σ x·q` of the integers of the last [#assign] or [#error].
  double products() {
    return products;
  }

  /// `Σ q²` of the integers of the last [#assign] or [#error].
  double squares() {
    return squares;
  }
}
