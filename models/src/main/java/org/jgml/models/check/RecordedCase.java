package org.jgml.models.check;

import java.util.List;
import java.util.Optional;

/// One operation that ggml ran: inputs, parameters and what came out.
///
/// @param op ggml's name of the operation
/// @param rule how to compare
/// @param exact the result computed in double precision, if recorded
record RecordedCase(
    String id,
    String op,
    JsonObject parameters,
    ComparisonRule rule,
    List<RecordedTensor> inputs,
    RecordedTensor output,
    Optional<ExactResult> exact) {
  /// @param values the result computed in double precision
  /// @param recordedError how far ggml's own result is from it, as NMSE
  record ExactResult(float[] values, double recordedError) {}
}
