package org.jgml.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.Rope;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Both kinds of row functions against double precision, at lengths around those of vectors.
final class RowMathTest {
  private static final int LANES = VectorRowMath.bits() / Float.SIZE;

  // Not a multiple of a vector, so that unaligned rows are met.
  private static final long X = 4;
  private static final long B = 40_004;
  private static final long Y = 80_008;

  private final MemorySegment memory = Arena.ofAuto().allocate(120_000, 64);
  private final Random random = new Random(7);

  private interface Check {
    void run(RowMath math, int length);
  }

  private static void forAll(Check check) {
    for (RowMath math : new RowMath[] {new VectorRowMath(), new ScalarRowMath()}) {
      IntStream.of(1, 2, 3, LANES - 1, LANES, LANES + 1, 33, 4099)
          .forEach(length -> check.run(math, length));
    }
  }

  private double[] fill(long at, int length, double low, double high) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(low, high);
      ScalarRowMath.set(memory, at, i, values[i]);
    }
    return values;
  }

  private void check(double[] expected, String what) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = ScalarRowMath.get(memory, Y, i) - expected[i];
      error += difference * difference;
      norm += expected[i] * expected[i];
    }
    assertEquals(0, norm == 0 ? error : error / norm, 1e-12, what);
  }

  private void checkMap(int length, double[] x, DoubleUnaryOperator function, String what) {
    check(Arrays.stream(x).map(function).toArray(), what + " of " + length);
  }

  private void checkPairs(double[] a, double[] b, DoubleBinaryOperator function, String what) {
    check(
        IntStream.range(0, a.length).mapToDouble(i -> function.applyAsDouble(a[i], b[i])).toArray(),
        what + " of " + a.length);
  }

  @ParameterizedTest
  @EnumSource
  void unaryFunctionsAreExactToFloatPrecision(Unary.Kind kind) {
    forAll((math, length) -> {
      boolean isPositive = kind == Unary.Kind.LOG || kind == Unary.Kind.SQRT;
      double[] x = fill(X, length, isPositive ? 0.01 : -20, 20);
      math.unary(kind, memory, X, memory, Y, length);
      checkMap(length, x, kind::apply, kind.name());
    });
  }

  @ParameterizedTest
  @EnumSource
  void binaryFunctionsAreExactToFloatPrecision(Binary.Kind kind) {
    forAll((math, length) -> {
      double[] a = fill(X, length, -3, 3);
      double[] b = fill(B, length, 0.5, 2);
      math.binary(kind, memory, X, memory, B, memory, Y, length);
      checkPairs(a, b, kind::apply, kind.name());
    });
  }

  @Test
  void theLargerOfAPairIsNotANumberIfEitherIsNot() {
    forAll((math, length) -> {
      double[] a = fill(X, length, -3, 3);
      double[] b = fill(B, length, -3, 3);
      math.maximum(memory, X, memory, B, memory, Y, length);
      checkPairs(a, b, Math::max, "maximum");
      ScalarRowMath.set(memory, X, length - 1, Double.NaN);
      math.maximum(memory, X, memory, B, memory, Y, length);
      assertEquals(Float.NaN, ScalarRowMath.get(memory, Y, length - 1));
    });
  }

  @Test
  void shiftedMultiplesAddUp() {
    int[] offsets = {0, 5, 2};
    forAll((math, length) -> {
      double[] x = fill(X, length + 5, -3, 3);
      double[] factors = fill(B, 3, -1, 1);
      double[] y = fill(Y, length, -1, 1);
      math.addShifted(memory, B, offsets, memory, X, memory, Y, length);
      for (int i = 0; i < length; i++) {
        for (int tap = 0; tap < offsets.length; tap++) {
          y[i] += factors[tap] * x[i + offsets[tap]];
        }
      }
      check(y, "shifted multiples of " + length);
    });
  }

  @Test
  void aResultMayReplaceItsOperand() {
    forAll((math, length) -> {
      double[] x = fill(Y, length, -5, 5);
      math.unary(Unary.Kind.SILU, memory, Y, memory, Y, length);
      checkMap(length, x, Unary.Kind.SILU::apply, "silu in place");
    });
  }

  @Test
  void parametersOfActivationsAreObeyed() {
    Clamp clamp = new Clamp(-0.5f, 0.75f);
    LeakyRelu relu = new LeakyRelu(0.1f);
    Xielu xielu = new Xielu(1.3f, 0.8f, 0.5f, -1e-6f);
    SwigluOai unit = new SwigluOai(1.702f, 2);
    forAll((math, length) -> {
      double[] x = fill(X, length, -3, 3);
      double[] b = fill(B, length, -3, 3);
      math.clamp(clamp, memory, X, memory, Y, length);
      checkMap(length, x, v -> Math.clamp(v, -0.5, 0.75), "clamp");
      math.leakyRelu(relu, memory, X, memory, Y, length);
      checkMap(length, x, v -> v > 0 ? v : 0.1f * v, "leaky_relu");
      math.xielu(xielu, memory, X, memory, Y, length);
      checkMap(length, x, xielu::apply, "xielu");
      math.swigluOai(unit, memory, X, memory, B, memory, Y, length);
      checkPairs(x, b, unit::apply, "swiglu_oai");
    });
  }

  @Test
  void linearFunctionsAreExactToFloatPrecision() {
    forAll((math, length) -> {
      double[] x = fill(X, length, -3, 3);
      double[] b = fill(B, length, -3, 3);
      math.fill(2.5f, memory, Y, length);
      checkMap(length, x, _ -> 2.5, "fill");
      math.addMultiple(0.5f, memory, X, memory, Y, length);
      checkMap(length, x, v -> 2.5 + 0.5 * v, "addMultiple");
      math.add(0.25f, memory, X, memory, Y, length);
      checkMap(length, x, v -> v + 0.25, "add");
      math.multiply(1.5f, memory, X, memory, Y, length);
      checkMap(length, x, v -> 1.5 * v, "multiply");
      math.multiply(1.5f, memory, X, memory, B, memory, Y, length);
      checkPairs(x, b, (v, w) -> 1.5 * v * w, "multiply by a row");
    });
  }

  @Test
  void sumsAndMaximaAreThoseOfDoublePrecision() {
    forAll((math, length) -> {
      double[] x = fill(X, length, -1, 1);
      double squares = Arrays.stream(x).map(v -> v * v).sum();
      assertEquals(Arrays.stream(x).sum(), math.sum(memory, X, length), 1e-12 * length);
      assertEquals(squares, math.sumOfSquares(memory, X, length), 1e-6 * squares);
      assertEquals(Arrays.stream(x).max().orElseThrow(), math.max(memory, X, length), 0);
    });
  }

  @Test
  void theMaximumOverlooksWhatIsNotANumber() {
    forAll((math, length) -> {
      fill(X, length, -1, 1);
      ScalarRowMath.set(memory, X, 0, Double.NaN);
      ScalarRowMath.set(memory, X, length - 1, length == 1 ? Double.NaN : 7);
      double expected = length == 1 ? Double.NEGATIVE_INFINITY : 7;
      assertEquals(expected, math.max(memory, X, length), 0);
    });
  }

  @Test
  void exponentialsAddUpAndVanishFarBelowTheMaximum() {
    forAll((math, length) -> {
      double[] x = fill(X, length, -100, 3);
      ScalarRowMath.set(memory, X, 0, Double.NEGATIVE_INFINITY);
      x[0] = Double.NEGATIVE_INFINITY;
      float sum = math.exponentials(3, memory, X, memory, Y, length);
      checkMap(length, x, v -> Math.exp((float) (v - 3)), "exponentials");
      double expected = Arrays.stream(x).map(v -> Math.exp((float) (v - 3))).sum();
      assertEquals(expected, sum, 1e-6 * expected);
    });
  }

  @ParameterizedTest
  @EnumSource
  void rotationsTurnPairs(Rope.Style style) {
    forAll((math, length) -> {
      int pairs = Math.min(length, 2048);
      double[] x = fill(X, 2 * pairs, -1, 1);
      double[] angles = fill(B, 2 * pairs, -1, 1);
      double[] expected = new double[2 * pairs];
      for (int pair = 0; pair < pairs; pair++) {
        int i = style.first(pair);
        int j = style.second(pair, pairs);
        expected[i] = x[i] * angles[2 * pair] - x[j] * angles[2 * pair + 1];
        expected[j] = x[i] * angles[2 * pair + 1] + x[j] * angles[2 * pair];
      }
      switch (style) {
        case NORMAL -> math.rotateNeighbours(memory, X, memory, B, memory, Y, pairs);
        case NEOX -> math.rotateHalves(memory, X, memory, B, memory, Y, pairs);
      }
      check(expected, style + " of " + pairs);
    });
  }

  @Test
  void scalarAndVectorSumsAreTheSameInEachRun() {
    Stream.of(new VectorRowMath(), new ScalarRowMath())
        .forEach(math -> {
          fill(X, 4099, -1, 1);
          double first = math.sumOfSquares(memory, X, 4099);
          for (int run = 0; run < 20_000; run++) {
            assertEquals(first, math.sumOfSquares(memory, X, 4099), 0);
          }
        });
  }
}
