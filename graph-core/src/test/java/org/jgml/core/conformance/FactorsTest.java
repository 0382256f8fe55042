package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleUnaryOperator;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Factors;
import org.jgml.core.graph.Node;
import org.jgml.core.op.OpTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A device that multiplies halves and says so is right; one that is off by little more is not.
final class FactorsTest {
  private static final double ERROR = 0x1p-11;

  @ParameterizedTest
  @ValueSource(strings = {"matmul", "matmul_id", "attention", "attention_partial"})
  void halvesAreRightWhereTheDeviceSaysSoAndWrongElsewhere(String op) {
    assertEquals(0, failures(op, new RoundingDevice(Factors.HALVES, HalfFactors::rounded, ERROR)));
    assertTrue(failures(op, new RoundingDevice(Factors.EXACT, HalfFactors::rounded, 0)) > 0);
    assertTrue(failures(op, new RoundingDevice(Factors.HALVES, x -> x, 0)) > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"matmul", "matmul_id", "attention", "attention_partial"})
  void factorsThatAreCutOffOrLoseOneMoreBitAreFound(String op) {
    DoubleUnaryOperator cutOff = x -> withBits(x, 11, Math::floor);
    DoubleUnaryOperator tenBits = x -> withBits(x, 10, Math::rint);
    assertTrue(failures(op, new RoundingDevice(Factors.HALVES, cutOff, 0)) > 0);
    assertTrue(failures(op, new RoundingDevice(Factors.HALVES, tenBits, 0)) > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "attention_partial"})
  void weightsThatAreOffByHalfMoreAreFound(String op) {
    RoundingDevice device = new RoundingDevice(Factors.HALVES, HalfFactors::rounded, 1.5 * ERROR);
    assertTrue(failures(op, device) > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "attention_partial"})
  void queriesInFullAreRightWhereTheDeviceSaysSoAndWrongElsewhere(String op) {
    Factors says = Factors.HALVES_BUT_FIRST;
    RoundingDevice queriesInFull = new RoundingDevice(says, HalfFactors::rounded, ERROR);
    assertEquals(0, failures(op, queriesInFull));
    assertTrue(failures(op, saying(Factors.HALVES, queriesInFull)) > 0);
    RoundingDevice halves = new RoundingDevice(Factors.HALVES, HalfFactors::rounded, ERROR);
    assertTrue(failures(op, saying(says, halves)) > 0);
  }

  /// A device that says something else of its factors.
  private static Device saying(Factors factors, Device device) {
    return new ForwardingDevice() {
      @Override
      public Device device() {
        return device;
      }

      @Override
      public Factors factors(Node node) {
        return factors;
      }
    };
  }

  @Test
  void aFailureSaysWhichFactorsWereAssumed() {
    RoundingDevice device = new RoundingDevice(Factors.HALVES, x -> 1.01 * x, 0);
    AtomicReference<String> problem = new AtomicReference<>("");
    ConformanceSuite.of(_ -> device)
        .run(
            cases("matmul").subList(0, 1),
            (_, outcome) -> problem.set(((Outcome.Failed) outcome).problem()));
    assertTrue(problem.get().endsWith("; factors rounded to halves"), problem::get);
  }

  /// A number with so many significant bits.
  private static double withBits(double x, int bits, DoubleUnaryOperator rounding) {
    double step = Math.scalb(1.0, Math.getExponent(x) - bits + 1);
    return Double.isFinite(x) ? rounding.applyAsDouble(x / step) * step : x;
  }

  private static int failures(String op, Device device) {
    AtomicInteger failures = new AtomicInteger();
    ConformanceSuite.of(_ -> device)
        .run(
            cases(op),
            (_, outcome) -> {
              if (!(outcome instanceof Outcome.Passed)) {
                failures.incrementAndGet();
              }
            });
    return failures.get();
  }

  private static List<ConformanceCase> cases(String op) {
    return OpTable.compute().stream()
        .filter(spec -> spec.name().equals(op))
        .findFirst()
        .map(CaseGenerator.samplesOnly(1)::cases)
        .orElseThrow();
  }
}
