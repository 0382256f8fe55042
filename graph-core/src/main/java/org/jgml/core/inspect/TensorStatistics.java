package org.jgml.core.inspect;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jgml.core.backend.Tensor;

/// What the elements of a tensor are like at one moment.
///
/// @param min the least finite element; NaN if there is none
/// @param max the greatest finite element; NaN if there is none
/// @param mean of the finite elements; NaN if there is none
/// @param nans how many are NaN
/// @param infinities how many are infinite
/// @param firstNan the row-major index of the first NaN; -1 if there is none
/// @param first the first few elements
public record TensorStatistics(
    long elements,
    double min,
    double max,
    double mean,
    long nans,
    long infinities,
    long firstNan,
    List<Double> first) {
  private static final int SHOWN = 4;
  private static final MathContext DIGITS = new MathContext(6);
  private static final double LEAST_WITH_EXPONENT = 1e9;

  public TensorStatistics {
    first = List.copyOf(first);
  }

  /// Reads every element, on whatever device.
  public static TensorStatistics of(Tensor tensor) {
    Gathering gathering = new Gathering();
    HostTensor.of(tensor).forEach(gathering::add);
    return gathering.result();
  }

  /// Whether some element is NaN.
  public boolean hasNan() {
    return nans > 0;
  }

  /// As in `min -1.25 max 3 mean 0.125 nan 0 inf 0 first [1, 2, 3, 4]`.
  @Override
  public String toString() {
    String values = first.stream().map(TensorStatistics::number).collect(Collectors.joining(", "));
    return "min %s max %s mean %s nan %d inf %d first [%s%s]"
        .formatted(
            number(min),
            number(max),
            number(mean),
            nans,
            infinities,
            values,
            elements > first.size() ? ", …" : "");
  }

  /// Six digits, without zeros at the end.
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal rounded = BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros();
    return Math.abs(value) >= 1 && Math.abs(value) < LEAST_WITH_EXPONENT
        ? rounded.toPlainString()
        : rounded.toString();
  }

  private static final class Gathering {
    private final List<Double> first = new ArrayList<>();
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private long elements;
    private long nans;
    private long infinities;
    private long firstNan = -1;

    void add(long index, double value) {
      elements++;
      if (first.size() < SHOWN) {
        first.add(value);
      }
      if (Double.isNaN(value)) {
        firstNan = nans == 0 ? index : firstNan;
        nans++;
      } else if (Double.isInfinite(value)) {
        infinities++;
      } else {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
      }
    }

    TensorStatistics result() {
      long finite = elements - nans - infinities;
      return new TensorStatistics(
          elements,
          finite == 0 ? Double.NaN : min,
          finite == 0 ? Double.NaN : max,
          sum / finite,
          nans,
          infinities,
          firstNan,
          first);
    }
  }
}
