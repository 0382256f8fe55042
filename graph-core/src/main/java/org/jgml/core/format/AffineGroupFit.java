package org.jgml.core.format;

/// The scale and minimum for which a group of values is nearest to `scale · q - minimum`, by
/// squared error, with integers `q` from 0 on and a minimum that is not negative.
///
/// A search over ranges that the integers span: for each the nearest integers are found, and then
/// the straight line that fits them best.
final class AffineGroupFit {
  private static final int TRIES = 20;
  private static final int REFINEMENTS = 3;
  private static final float REACH = 0.95f;

  private final int count;
  private final int largest;
  private final byte[] levels;
  private double least;
  private float scale;
  private float minimum;

  // Of the values, of the integers last assigned, and of those at the best line.
  private double sum;
  private double levelSum;
  private double levelSquares;
  private double products;
  private double bestLevelSum;
  private double bestLevelSquares;

  AffineGroupFit(int largest, int count) {
    this.largest = largest;
    this.count = count;
    this.levels = new byte[count];
  }

  float scale() {
    return scale;
  }

  float minimum() {
    return minimum;
  }

  /// The integers of the last [#error].
  byte[] levels() {
    return levels;
  }

  double levelSum() {
    return levelSum;
  }

  double levelSquares() {
    return levelSquares;
  }

  double products() {
    return products;
  }

  double sum() {
    return sum;
  }

  /// What it costs to use other numbers than the best, for the same integers.
  double cost(float otherScale, float otherMinimum) {
    double byScale = otherScale - scale;
    double byMinimum = otherMinimum - minimum;
    return byScale * byScale * bestLevelSquares
        - 2 * byScale * byMinimum * bestLevelSum
        + byMinimum * byMinimum * count;
  }

  /// The minimum that suits another scale best, for the same integers.
  float minimumFor(float otherScale) {
    return (float) (minimum + (otherScale - scale) * bestLevelSum / count);
  }

  void search(float[] source, int at) {
    float low = Math.min(0, Extremes.minimum(source, at, count));
    float high = Extremes.maximum(source, at, count);
    least = Double.POSITIVE_INFINITY;
    if (high <= low) {
      // All are the same, and not positive.
      keep(0, -low, error(source, at, 0, -low));
      return;
    }
    float range = high - low;
    keep(range / largest, -low, error(source, at, range / largest, -low));
    for (int i = 0; i <= TRIES; i++) {
      float stretched = largest + REACH * (2f * i / TRIES - 1);
      consider(source, at, range / stretched, -low);
    }
    for (int i = 0; i < REFINEMENTS; i++) {
      consider(source, at, scale, minimum);
    }
  }

  /// Assigns integers by one line and considers the one that fits them best.
  private void consider(float[] source, int at, float byScale, float byMinimum) {
    error(source, at, byScale, byMinimum);
    double determinant = count * levelSquares - levelSum * levelSum;
    if (determinant <= 0) {
      return;
    }
    double fitted = (count * products - sum * levelSum) / determinant;
    double intercept = (levelSquares * sum - levelSum * products) / determinant;
    if (intercept > 0) {
      intercept = 0;
      fitted = products / levelSquares;
    }
    if (fitted > 0) {
      keep((float) fitted, (float) -intercept, errorOfLevels(source, at, fitted, -intercept));
    }
  }

  private void keep(float candidate, float candidateMinimum, double error) {
    if (error < least) {
      least = error;
      scale = candidate;
      minimum = candidateMinimum;
      bestLevelSum = levelSum;
      bestLevelSquares = levelSquares;
    }
  }

  /// The squared error of a line, with the integers nearest by it.
  double error(float[] source, int at, float byScale, float byMinimum) {
    float inverse = Extremes.inverse(byScale);
    float product = 0;
    float total = 0;
    int levelTotal = 0;
    int squares = 0;
    for (int i = 0; i < count; i++) {
      float value = source[at + i];
      int level = (int) ((value + byMinimum) * inverse + 0.5f);
      level = Math.max(0, Math.min(largest, level));
      levels[i] = (byte) level;
      levelTotal += level;
      squares += level * level;
      product += value * level;
      total += value;
    }
    levelSum = levelTotal;
    levelSquares = squares;
    products = product;
    sum = total;
    return errorOfLevels(source, at, byScale, byMinimum);
  }

  private double errorOfLevels(float[] source, int at, double byScale, double byMinimum) {
    float error = 0;
    for (int i = 0; i < count; i++) {
      float difference = (float) (byScale * levels[i] - byMinimum) - source[at + i];
      error += difference * difference;
    }
    return error;
  }
}
