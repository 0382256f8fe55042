package org.jgml.core.op;

import java.util.List;

/// What tests, benchmarks and tables are derived from: an op's name, the names of its operands, and
/// examples of right and wrong use.
///
/// @param name snake_case, as in ONNX, PyTorch or GGUF
/// @param operandNames the operands that are always there, in order
/// @param samples right uses: every kernel is run on each of them, in several layouts
/// @param errorSamples wrong uses, with the text that their message must contain
public record OpSpec(
    String name, List<String> operandNames, List<Sample> samples, List<ErrorSample> errorSamples) {}
