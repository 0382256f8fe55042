package org.jgml.core.format;

/// The two common factors of a block, and for each of its groups the codes of scale and minimum and
/// the integers of its elements, such that the squared error is small: `x = factor · scale · q -
/// minimumFactor · minimum`.
///
/// Each group's own best line comes first. The factors are those for which these lines, rounded to
/// codes, cost least; then codes and integers are chosen again with the factors as they are stored,
/// and once more after the factors were fitted to them.
final class AffineBlockFit {
  private static final float[] STRETCHES = {0.92f, 0.96f, 0.98f, 1, 1.02f, 1.05f, 1.1f};

  private final int largestCode;
  private final int groups;
  private final int groupElements;
  private final AffineGroupFit[] fits;
  private Choice best;

  /// Factors and what belongs to them.
  private static final class Choice {
    final float factor;
    final float minimumFactor;
    final int[] scales;
    final int[] minima;
    final byte[] levels;
    double error;

    // Sums of the least squares problem for both factors.
    double scaleSquares;
    double minimumSquares;
    double mixed;
    double scaleProducts;
    double minimumProducts;

    Choice(float factor, float minimumFactor, int groups, int elements) {
      this.factor = factor;
      this.minimumFactor = minimumFactor;
      this.scales = new int[groups];
      this.minima = new int[groups];
      this.levels = new byte[elements];
    }
  }

  /// @param largest the largest integer of an element
  /// @param largestCode the largest code of a scale and of a minimum
  AffineBlockFit(int largest, int largestCode, int groups, int groupElements) {
    this.largestCode = largestCode;
    this.groups = groups;
    this.groupElements = groupElements;
    this.fits = new AffineGroupFit[groups];
    for (int i = 0; i < groups; i++) {
      fits[i] = new AffineGroupFit(largest, groupElements);
    }
  }

  float factor() {
    return best.factor;
  }

  float minimumFactor() {
    return best.minimumFactor;
  }

  int scale(int group) {
    return best.scales[group];
  }

  int minimum(int group) {
    return best.minima[group];
  }

  byte[] levels() {
    return best.levels;
  }

  void search(float[] source, int at) {
    float largestScale = 0;
    float largestMinimum = 0;
    for (int i = 0; i < groups; i++) {
      fits[i].search(source, at + groupElements * i);
      largestScale = Math.max(largestScale, fits[i].scale());
      largestMinimum = Math.max(largestMinimum, fits[i].minimum());
    }
    best = cheapest(source, at, largestScale / largestCode, largestMinimum / largestCode);
    Choice next = settle(source, at, fittedFactor(best), fittedMinimumFactor(best));
    best = next.error < best.error ? next : best;
  }

  private Choice cheapest(float[] source, int at, float factor, float minimumFactor) {
    float bestFactor = Halves.nearest(factor);
    float bestMinimumFactor = Halves.nearest(minimumFactor);
    double least = cost(bestFactor, bestMinimumFactor);
    for (float stretch : STRETCHES) {
      for (float minimumStretch : STRETCHES) {
        float one = Halves.nearest(factor * stretch);
        float other = Halves.nearest(minimumFactor * minimumStretch);
        double cost = cost(one, other);
        if (cost < least) {
          least = cost;
          bestFactor = one;
          bestMinimumFactor = other;
        }
      }
    }
    return settle(source, at, bestFactor, bestMinimumFactor);
  }

  private double cost(float factor, float minimumFactor) {
    float inverse = Extremes.inverse(factor);
    float minimumInverse = Extremes.inverse(minimumFactor);
    double cost = 0;
    for (AffineGroupFit fit : fits) {
      float scale = factor * code(fit.scale() * inverse);
      float minimum = minimumFactor * code(fit.minimumFor(scale) * minimumInverse);
      cost += fit.cost(scale, minimum);
    }
    return cost;
  }

  private int code(float value) {
    return Math.clamp(Math.round(value), 0, largestCode);
  }

  private Choice settle(float[] source, int at, float factor, float minimumFactor) {
    Choice choice = new Choice(factor, minimumFactor, groups, groups * groupElements);
    for (int i = 0; i < groups; i++) {
      settle(source, at + groupElements * i, i, choice);
    }
    return choice;
  }

  /// Chooses the codes of a group among those around its own best line.
  private void settle(float[] source, int at, int group, Choice choice) {
    AffineGroupFit fit = fits[group];
    int near = code(fit.scale() * Extremes.inverse(choice.factor));
    float minimumInverse = Extremes.inverse(choice.minimumFactor);
    double least = Double.POSITIVE_INFINITY;
    for (int scale = Math.max(0, near - 1); scale <= Math.min(largestCode, near + 1); scale++) {
      float minimum = fit.minimumFor(choice.factor * scale) * minimumInverse;
      for (int code = code(minimum - 0.5f); code <= code(minimum + 0.5f); code++) {
        double error = fit.error(source, at, choice.factor * scale, choice.minimumFactor * code);
        if (error < least) {
          least = error;
          choice.scales[group] = scale;
          choice.minima[group] = code;
        }
      }
    }
    take(source, at, group, choice);
  }

  private void take(float[] source, int at, int group, Choice choice) {
    AffineGroupFit fit = fits[group];
    double scale = choice.scales[group];
    double minimum = choice.minima[group];
    choice.error +=
        fit.error(
            source, at, choice.factor * (float) scale, choice.minimumFactor * (float) minimum);
    choice.scaleSquares += scale * scale * fit.levelSquares();
    choice.minimumSquares += minimum * minimum * groupElements;
    choice.mixed -= scale * minimum * fit.levelSum();
    choice.scaleProducts += scale * fit.products();
    choice.minimumProducts -= minimum * fit.sum();
    System.arraycopy(fit.levels(), 0, choice.levels, groupElements * group, groupElements);
  }

  private static float fittedFactor(Choice choice) {
    double determinant = determinant(choice);
    if (determinant <= 0) {
      return choice.factor;
    }
    double fitted =
        choice.minimumSquares * choice.scaleProducts - choice.mixed * choice.minimumProducts;
    return Halves.nearest((float) (fitted / determinant));
  }

  private static float fittedMinimumFactor(Choice choice) {
    double determinant = determinant(choice);
    if (determinant <= 0) {
      return choice.minimumFactor;
    }
    double fitted =
        choice.scaleSquares * choice.minimumProducts - choice.mixed * choice.scaleProducts;
    return Halves.nearest((float) (fitted / determinant));
  }

  private static double determinant(Choice choice) {
    return choice.scaleSquares * choice.minimumSquares - choice.mixed * choice.mixed;
  }
}
