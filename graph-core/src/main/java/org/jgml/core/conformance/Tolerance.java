package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jgml.core.backend.Factors;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Op;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// How far an element of a result may be from the exact value. It follows from types and from `n`,
/// the length of the reduction behind an element ([Op.Compute#reductionLength]):
///
/// `r(n) = 8 · 2⁻²⁴ · √min(n, 2048)`
///
/// Eight roundings of F32 leave room for a function made of some steps; `n` roundings that are
/// independent add up to `√n` of them; beyond 2048 nobody adds in one chain. An element `e` may be
/// off by `r · |e|`, a reduction over more than eight terms by `r` times the root mean square of
/// the result, since its elements are made of terms of one size. Where the function itself
/// magnifies errors (a sum that cancels, the far tail of an exponential) roundings of the operands
/// may show: a larger difference is allowed if operands that are off by `r(1)` cause one, up to a
/// thousandth of the element or of the root mean square.
///
/// Results below 2⁻¹¹⁸ may be flushed to zero, since powers and products on the way to them are
/// denormal.
///
/// F16 and BF16 results must be the correct rounding of a value that is allowed in F32; integers
/// and quantised blocks must be equal. NaN and infinities must be where they are expected; beside
/// quantised operands one may stand for the other, since a product with a block may be taken of its
/// codes and of its minimum apart; for the same reason elements with such formats may be off by
/// four times as much. NaN may stand for an infinity where a factor vanishes in F32
/// ([Op.Compute#roundsFactorsToZero]). The normalised squared error of F32 results is bounded by
/// 10⁻⁹ besides.
///
/// Where a device multiplies halves, `exact` is made of halves already. Weights that an op makes
/// itself ([Op.Compute#weightedFactor]) cannot be known to the bit; each may be off by 2⁻¹¹ of
/// itself, and a result by what that makes of the sizes of all values together.
final class Tolerance {
  /// The largest `Σ(a-b)² / Σb²` of a result in F32.
  private static final double LARGEST_NMSE = 1e-9;

  /// From this many elements on the squared error says something of a result.
  private static final int ELEMENTS_FOR_NMSE = 8;

  private static final double ROUNDING = 0x1p-24;
  private static final double ROUNDINGS = 8;
  private static final long LONGEST_CHAIN = 2048;
  private static final long SHORTEST_REDUCTION = 9;
  private static final double FLUSHED = 0x1p-118;
  private static final double MOST_SENSITIVE = 1e-3;
  private static final int DRAWS = 8;
  private static final double MINIMA = 4;

  private final ResultCheck check;
  private final Op.Compute op;
  private final TensorType type;
  private final double[] exact;
  private final double relative;
  private final boolean readsBlocks;
  private final double size;
  private final double floor;
  private final double[] weighted;
  private double[] sensitivity;

  /// @param check what the result is of
  /// @param exact the result in double precision
  Tolerance(ResultCheck check, double[] exact) {
    this.check = check;
    this.op = (Op.Compute) check.node().op();
    this.type = check.node().type();
    this.exact = exact;
    long n = op.reductionLength(check.node().operands(), type);
    this.relative = relative(n);
    this.readsBlocks =
        check.node().inputs().stream().anyMatch(input -> input.type().dataType().isQuantised());
    this.size = rootMeanSquare();
    this.floor = n >= SHORTEST_REDUCTION ? relative * size * (hasMinima() ? MINIMA : 1) : 0;
    this.weighted = check.factors() == Factors.EXACT ? new double[exact.length] : weightRounding();
  }

  /// How far halves in the place of weights that the op makes itself may move each element.
  private double[] weightRounding() {
    double[] moved = new double[exact.length];
    if (op.weightedFactor() >= 0) {
      double[] sizes = op.evaluate(withWeighted(Math::abs), type);
      double[] rest = op.evaluate(withWeighted(_ -> 0), type);
      for (int i = 0; i < moved.length; i++) {
        double change = HalfFactors.ROUNDING * Math.abs(sizes[i] - rest[i]);
        moved[i] = Double.isFinite(change) ? change : 0;
      }
    }
    return moved;
  }

  private Arguments withWeighted(DoubleUnaryOperator change) {
    List<Arguments.Values> values = new ArrayList<>(check.arguments().values());
    Arguments.Values weighted = values.get(op.weightedFactor());
    double[] changed = Arrays.stream(weighted.elements()).map(change).toArray();
    values.set(op.weightedFactor(), new Arguments.Values(weighted.shape(), changed));
    return new Arguments(op, values);
  }

  private boolean hasMinima() {
    return check.node().inputs().stream()
        .anyMatch(input ->
            switch (input.type().dataType()) {
              case Q4_1, Q5_1, Q2_K, Q4_K, Q5_K -> true;
              default -> false;
            });
  }

  /// The share `r(n)`.
  static double relative(long n) {
    return ROUNDINGS * ROUNDING * Math.sqrt(Math.clamp(n, 1, LONGEST_CHAIN));
  }

  private double rootMeanSquare() {
    double squares = 0;
    long finite = 0;
    for (double e : exact) {
      if (Math.abs(e) <= Float.MAX_VALUE) {
        squares += e * e;
        finite++;
      }
    }
    return Math.sqrt(squares / Math.max(1, finite));
  }

  /// Whether a device may give `actual` for element `i`.
  boolean allows(int i, double actual) {
    double e = exact[i];
    if (!type.dataType().isFloating()) {
      return actual == stored(e);
    }
    if (!Double.isFinite(e) && readsBlocks) {
      return !Double.isFinite(actual);
    }
    if (Double.isNaN(e)) {
      return Double.isNaN(actual);
    }
    if (Double.isInfinite(e)) {
      return actual == e || op.roundsFactorsToZero() && Double.isNaN(actual);
    }
    return isWithin(i, actual, narrow(i)) || isWithin(i, actual, narrow(i) + sensitivity(i));
  }

  private boolean isWithin(int i, double actual, double distance) {
    return actual >= stored(exact[i] - distance) && actual <= stored(exact[i] + distance);
  }

  private double narrow(int i) {
    return Math.max(Math.max(relative * Math.abs(exact[i]), floor), FLUSHED) + weighted[i];
  }

  /// How far element `i` may be off in F32, before it is rounded to the type of the result.
  double allowed(int i) {
    return type.dataType().isFloating() ? narrow(i) + sensitivity(i) : 0;
  }

  /// The value that the type of the result stores for a real number.
  private double stored(double value) {
    return switch (type.dataType()) {
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      case BF16 -> bf16(value);
      case I32 -> (int) value;
      case I64 -> (long) value;
      default -> (float) value;
    };
  }

  private static double bf16(double value) {
    int bits = Float.floatToRawIntBits((float) value);
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
    return Float.intBitsToFloat(rounded & 0xFFFF0000);
  }

  /// The largest change of element `i` that operands cause which are off by `r(1)`.
  private double sensitivity(int i) {
    if (sensitivity == null) {
      sensitivity = new double[exact.length];
      SplittableRandom random = new SplittableRandom(check.seed());
      for (int draw = 0; draw < DRAWS; draw++) {
        double[] moved = op.evaluate(disturbed(random), type);
        for (int k = 0; k < moved.length; k++) {
          double change = Math.abs(moved[k] - exact[k]);
          sensitivity[k] = Double.isNaN(change) ? sensitivity[k] : Math.max(sensitivity[k], change);
        }
      }
    }
    return Math.min(sensitivity[i], MOST_SENSITIVE * Math.max(size, Math.abs(exact[i])));
  }

  private Arguments disturbed(SplittableRandom random) {
    return new Arguments(
        op,
        IntStream.range(0, check.arguments().values().size())
            .mapToObj(i -> disturbed(i, random))
            .toList());
  }

  private Arguments.Values disturbed(int operand, SplittableRandom random) {
    Arguments.Values values = check.arguments().get(operand);
    if (!check.node().input(operand).type().dataType().isFloating()) {
      return values;
    }
    double[] moved =
        Arrays.stream(values.elements())
            .map(x -> x * (1 + relative(1) * random.nextDouble(-2, 2)))
            .toArray();
    return new Arguments.Values(values.shape(), moved);
  }

  /// Whether the squared error of a whole result is small enough.
  boolean allowsAll(double nmse) {
    return type.dataType() != DataType.F32
        || exact.length < ELEMENTS_FOR_NMSE
        || nmse <= largestNmse();
  }

  /// The squared error that [#allowsAll] admits.
  double largestNmse() {
    double size = Math.sqrt(nmseOf(weighted));
    return Math.pow(Math.sqrt(LARGEST_NMSE) + size, 2);
  }

  /// `Σ(a-b)² / Σb²` over the elements that are finite in F32.
  double nmse(double[] actual) {
    double[] errors = new double[exact.length];
    Arrays.setAll(errors, i -> actual[i] - exact[i]);
    return nmseOf(errors);
  }

  private double nmseOf(double[] errors) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < exact.length; i++) {
      if (Math.abs(exact[i]) <= Float.MAX_VALUE) {
        error += errors[i] * errors[i];
        norm += exact[i] * exact[i];
      }
    }
    // A norm of denormals is all rounding.
    return error == 0 || norm < Float.MIN_NORMAL ? 0 : error / norm;
  }
}
