package org.jgml.models.check;

import java.util.Arrays;
import java.util.stream.Collectors;

/// How close a result must come to the recorded one. Names are those of the recordings.
enum ComparisonRule {
  /// Equal bits.
  EXACT("exact", 0),
  /// NMSE of F32 arithmetic, whatever the order of summation.
  F32("f32", 1e-10),
  /// NMSE of sines and cosines of angles that the recorder rounded to F32.
  F32_ANGLE("f32-angle", 1e-6),
  /// NMSE of functions that the recorder looked up by an F16 argument.
  F32_VIA_F16_TABLE("f32-via-f16-table", 1e-6),
  /// Units in the last place.
  F16("f16", 1),
  /// Units in the last place.
  BF16("bf16", 1),
  /// NMSE of results that went through F16.
  F16_INTERMEDIATE("f16-intermediate", 1e-6),
  /// Share of elements in another step of their block.
  QUANTIZED("quantized", 0.01),
  /// NMSE against the result in double precision: no more than the recorder's, or than what the
  /// order of an F32 summation makes out.
  REF64_NMSE("ref64-nmse", 1e-12);

  private final String recordedName;
  private final double allowed;

  ComparisonRule(String recordedName, double allowed) {
    this.recordedName = recordedName;
    this.allowed = allowed;
  }

  static ComparisonRule named(String name) {
    return Arrays.stream(values())
        .filter(rule -> rule.recordedName.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(unknown(name)));
  }

  private static String unknown(String name) {
    return "comparison rule '%s' is not one of %s"
        .formatted(
            name,
            Arrays.stream(values())
                .map(rule -> rule.recordedName)
                .collect(Collectors.joining(", ")));
  }

  /// Compares a result of the recorded type and shape.
  Difference compare(RecordedCase recorded, Values actual) {
    Values expected = Values.of(recorded.output());
    return switch (this) {
      case EXACT -> new Difference(expected.differingBytes(actual), allowed, "bytes");
      case F32, F32_ANGLE, F32_VIA_F16_TABLE, F16_INTERMEDIATE ->
          nmse(actual.elements(), expected.elements(), allowed);
      case F16, BF16 -> new Difference(expected.unitsInLastPlace(actual), allowed, "ulp");
      case QUANTIZED ->
          new Difference(new QuantisedComparison(expected).share(actual), allowed, "of elements");
      case REF64_NMSE -> exact(recorded, actual);
    };
  }

  private Difference exact(RecordedCase recorded, Values actual) {
    RecordedCase.ExactResult exact =
        recorded.exact().orElseThrow(() -> new NotTranslatable("the exact result is not recorded"));
    double[] expected = new double[exact.values().length];
    Arrays.setAll(expected, i -> exact.values()[i]);
    return nmse(actual.elements(), expected, Math.max(allowed, exact.recordedError()));
  }

  private static Difference nmse(double[] actual, double[] expected, double allowed) {
    return new Difference(NormalisedError.of(actual, expected), allowed, "NMSE");
  }
}
