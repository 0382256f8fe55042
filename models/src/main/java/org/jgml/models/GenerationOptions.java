package org.jgml.models;

import org.jgml.models.sampling.SamplingOptions;

/// How text is generated.
///
/// @param maxTokens ends after this many tokens; negative for as many as the context holds
/// @param sampling how each token is chosen
/// @param parseSpecial whether text in the prompt that spells a control token, such as those of a
///   chat format, stands for it; off for text that others typed
public record GenerationOptions(int maxTokens, SamplingOptions sampling, boolean parseSpecial) {
  /// Until the model or the context ends, with llama.cpp's sampling.
  public static GenerationOptions defaults() {
    return new GenerationOptions(-1, SamplingOptions.defaults(), true);
  }

  /// The same with another limit.
  public GenerationOptions withMaxTokens(int tokens) {
    return new GenerationOptions(tokens, sampling, parseSpecial);
  }

  /// The same with tokens chosen in another way.
  public GenerationOptions withSampling(SamplingOptions other) {
    return new GenerationOptions(maxTokens, other, parseSpecial);
  }
}
