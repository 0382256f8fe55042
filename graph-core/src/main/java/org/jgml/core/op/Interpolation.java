package org.jgml.core.op;

import java.util.Arrays;

/// How a resized image gets values between the pixels that are there. All are products of a
/// function of the row and one of the column.
public enum Interpolation {
  /// The pixel in which the new pixel begins.
  NEAREST,
  /// A straight line between the two next pixels.
  BILINEAR,
  /// Keys' cubic convolution of the four next pixels, with a = -0.75.
  BICUBIC,
  /// [#BILINEAR], but where the image gets smaller the line is stretched over all the pixels that
  /// are lost.
  BILINEAR_ANTIALIASED;

  private static final double CUBIC = -0.75;

  /// The pixels of one axis that make a new one.
  ///
  /// @param positions within the axis; one may occur twice
  /// @param weights none is 0
  public record Taps(int[] positions, double[] weights) {
    public int count() {
      return positions.length;
    }
  }

  /// The taps of each new pixel of an axis.
  ///
  /// @param from extent of the axis
  /// @param to its new extent
  public Taps[] taps(long from, long to, boolean alignCorners) {
    Taps[] taps = new Taps[Math.toIntExact(to)];
    Arrays.setAll(
        taps, i -> this == NEAREST ? nearest(i, from, to) : tap(i, from, to, alignCorners));
    return taps;
  }

  private static Taps nearest(int i, long from, long to) {
    return new Taps(new int[] {(int) (i * from / to)}, new double[] {1});
  }

  private Taps tap(int i, long from, long to, boolean alignCorners) {
    double centre =
        alignCorners
            ? (to > 1 ? i * (double) (from - 1) / (to - 1) : 0)
            : (i + 0.5) * from / to - 0.5;
    if (this == BILINEAR) {
      centre = Math.clamp(centre, 0, from - 1);
    }
    double stretch = this == BILINEAR_ANTIALIASED ? Math.max(1, (double) from / to) : 1;
    double reach = (this == BICUBIC ? 2 : 1) * stretch;
    int first = (int) Math.floor(centre - reach) + 1;
    int end = (int) Math.ceil(centre + reach);
    int[] positions = new int[Math.max(0, end - first)];
    double[] weights = new double[positions.length];
    int count = 0;
    for (int at = first; at < end; at++) {
      double weight = weight((at - centre) / stretch);
      boolean isInside = at >= 0 && at < from;
      if (weight != 0 && (isInside || this != BILINEAR_ANTIALIASED)) {
        positions[count] = (int) Math.clamp(at, 0, from - 1);
        weights[count++] = weight;
      }
    }
    return normalised(Arrays.copyOf(positions, count), Arrays.copyOf(weights, count));
  }

  /// The weight of a pixel by its distance.
  private double weight(double distance) {
    double d = Math.abs(distance);
    if (this != BICUBIC) {
      return Math.max(0, 1 - d);
    }
    if (d <= 1) {
      return ((CUBIC + 2) * d - (CUBIC + 3)) * d * d + 1;
    }
    return d < 2 ? ((CUBIC * d - 5 * CUBIC) * d + 8 * CUBIC) * d - 4 * CUBIC : 0;
  }

  private static Taps normalised(int[] positions, double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return new Taps(positions, Arrays.stream(weights).map(weight -> weight / sum).toArray());
  }
}
