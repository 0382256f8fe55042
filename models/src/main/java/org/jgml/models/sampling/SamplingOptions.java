package org.jgml.models.sampling;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// How the next token is chosen. Names and defaults are those of llama.cpp.
///
/// @param order the stages that run, in order; each only if its options ask for it
/// @param logitBias added to the logits of tokens, before all stages
/// @param penalties against recent tokens
/// @param dry against repeated sequences
/// @param truncation which candidates are too unlikely
/// @param xtc excludes the likeliest choices now and then
/// @param temperature how much the distribution is flattened
/// @param mirostat if on, only logit bias and plain temperature come before it
/// @param form what the text must look like
/// @param seed equal seeds give equal texts
public record SamplingOptions(
    List<StageName> order,
    Map<Integer, Float> logitBias,
    PenaltyOptions penalties,
    DryOptions dry,
    TruncationOptions truncation,
    XtcOptions xtc,
    TemperatureOptions temperature,
    MirostatOptions mirostat,
    Optional<TextForm> form,
    long seed) {
  /// @throws IllegalArgumentException if a bias is no number
  public SamplingOptions {
    order = List.copyOf(order);
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach((token, bias) ->
        Bounds.require(!bias.isNaN(), "the bias of token " + token, bias, "a number"));
  }

  /// Refuses biases of tokens that a vocabulary of this size does not have.
  ///
  /// @throws IllegalArgumentException naming such a token
  public void requireTokensBelow(int vocabularySize) {
    for (int token : logitBias.keySet()) {
      if (token < 0 || token >= vocabularySize) {
        throw new IllegalArgumentException(
            "the bias is of token %d, which is outside the vocabulary of %d"
                .formatted(token, vocabularySize));
      }
    }
  }

  /// The most used options; the others are off.
  ///
  /// @throws IllegalArgumentException if a number makes no sense
  public SamplingOptions(
      float temperature,
      int topK,
      float topP,
      float minP,
      float repeatPenalty,
      int repeatLastN,
      long seed) {
    this(
        StageName.defaultOrder(),
        Map.of(),
        new PenaltyOptions(repeatPenalty, 0, 0, repeatLastN),
        DryOptions.defaults(),
        new TruncationOptions(topK, 1, topP, minP, -1),
        XtcOptions.defaults(),
        new TemperatureOptions(temperature, 0, 1),
        MirostatOptions.defaults(),
        Optional.empty(),
        seed);
  }

  /// Top-k 40, top-p 0.95, min-p 0.05, temperature 0.8, a random seed.
  public static SamplingOptions defaults() {
    long seed = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    return new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 1, 64, seed);
  }

  /// Always the likeliest token.
  public static SamplingOptions greedy() {
    return defaults().withTemperature(0);
  }

  /// The same with another temperature, which stays what it is.
  public SamplingOptions withTemperature(float value) {
    TemperatureOptions other = new TemperatureOptions(value, 0, 1);
    return new SamplingOptions(
        order, logitBias, penalties, dry, truncation, xtc, other, mirostat, form, seed);
  }

  /// The same with another seed.
  public SamplingOptions withSeed(long other) {
    return new SamplingOptions(
        order, logitBias, penalties, dry, truncation, xtc, temperature, mirostat, form, other);
  }

  /// The same for texts of a form.
  public SamplingOptions withForm(TextForm text) {
    Optional<TextForm> other = Optional.of(text);
    return new SamplingOptions(
        order, logitBias, penalties, dry, truncation, xtc, temperature, mirostat, other, seed);
  }
}
