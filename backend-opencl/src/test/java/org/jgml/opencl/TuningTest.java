package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jgml.core.conformance.CaseGenerator;
import org.jgml.core.conformance.ConformanceCase;
import org.jgml.core.conformance.ConformanceSuite;
import org.jgml.core.conformance.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However kernels are cut, they are right.
final class TuningTest {
  @Test
  void sharedRowsAndTilesAsOnAGpuMatchTheReference() {
    check(
        OpenClDevice::asGpu,
        "matmul",
        "matmul_id",
        "rms_norm",
        "norm",
        "softmax",
        "attention",
        "attention_partial",
        "attention_merge",
        "sum_rows",
        "cumsum",
        "argmax",
        "top_k",
        "count_equal",
        "max_rows");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void vectorsOfAnyWidthMatchTheReference(int width) {
    check(
        device -> device.tuned(new Tuning(width, 2 * width, 1, 1, width / 4, false)),
        "matmul",
        "rms_norm",
        "norm",
        "softmax",
        "sum_rows",
        "attention",
        "linear_attention",
        "unary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"several tokens", "a factor a row", "sums of groups"})
  void statesWhoseRowsAreSharedMatchTheReference(String sample) {
    check(OpenClDevice::asGpu, samples("linear_attention", sample));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q8_0 decode", "Q4_0 batch"})
  void dotProductsOfBytesMatchTheReference(String sample) {
    check(
        device -> device.asGpu().tuned(device.asGpu().tuning().withDotProducts()),
        samples("matmul", sample));
  }

  /// The samples of an op whose names say this.
  private static List<ConformanceCase> samples(String op, String label) {
    List<ConformanceCase> cases =
        CaseGenerator.samplesOnly(1).all().stream()
            .filter(given -> given.name().startsWith(op + " ") && given.name().contains(label))
            .toList();
    assertFalse(cases.isEmpty());
    return cases;
  }

  private static void check(UnaryOperator<OpenClDevice> tuned, String... ops) {
    check(tuned, Stream.of(ops).flatMap(TuningTest::cases).toList());
  }

  private static void check(UnaryOperator<OpenClDevice> tuned, List<ConformanceCase> cases) {
    List<String> failures = new ArrayList<>();
    new ConformanceSuite(_ -> tuned.apply(TestDevice.open()), 1, List.of(1))
        .run(
            cases,
            (name, outcome) -> {
              if (outcome instanceof Outcome.Failed(String problem)) {
                failures.add(name + ": " + problem);
              }
            });
    assertEquals(List.of(), failures);
  }

  /// The first sample of an op, most often in F32.
  private static Stream<ConformanceCase> cases(String op) {
    return CaseGenerator.samplesOnly(1).all().stream()
        .filter(given -> given.op().spec().name().equals(op))
        .limit(1);
  }
}
