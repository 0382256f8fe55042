package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.conformance.CaseGenerator;
import org.jgml.core.conformance.ConformanceCase;
import org.jgml.core.conformance.ConformanceSuite;
import org.jgml.core.conformance.Outcome;
import org.junit.jupiter.api.Test;

/// Kernels whose work-items share rows and tiles, as on a GPU, are right wherever they run.
final class GpuTuningTest {
  private static final List<String> OPS =
      List.of(
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
          "max_rows");

  @Test
  void sharedRowsAndTilesMatchTheReference() {
    List<String> failures = new ArrayList<>();
    new ConformanceSuite(_ -> TestDevice.open().asGpu(), 1, List.of(1))
        .run(
            OPS.stream().flatMap(GpuTuningTest::cases).toList(),
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
