package org.jgml.models.sampling;

import java.util.concurrent.ThreadLocalRandom;

/// How the next token is chosen. Names and defaults are those of llama.cpp.
///
/// @param temperature flattens the distribution above 1, sharpens it below; 0 or less always takes
///   the likeliest token
/// @param topK keeps this many of the likeliest tokens; 0 or less for all
/// @param topP keeps the likeliest tokens that together have this probability; 1 for all
/// @param minP keeps tokens at least this share as likely as the likeliest; 0 for all
/// @param repeatPenalty divides positive logits of recent tokens, multiplies negative ones; 1 for
///   no penalty
/// @param repeatLastN how many of the last tokens are recent; 0 for none, negative for all
/// @param seed equal seeds give equal texts
public record SamplingOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repeatPenalty,
    int repeatLastN,
    long seed) {
  /// @throws IllegalArgumentException if a number makes no sense
  public SamplingOptions {
    require(!Float.isNaN(temperature), "temperature", temperature, "a number");
    require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
    require(minP >= 0 && minP <= 1, "minP", minP, "from 0 to 1");
    require(
        repeatPenalty > 0 && Float.isFinite(repeatPenalty),
        "repeatPenalty",
        repeatPenalty,
        "positive");
  }

  private static void require(boolean claim, String name, float value, String expected) {
    if (!claim) {
      throw new IllegalArgumentException("%s must be %s, is %s".formatted(name, expected, value));
    }
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

  /// The same with another temperature.
  public SamplingOptions withTemperature(float other) {
    return new SamplingOptions(other, topK, topP, minP, repeatPenalty, repeatLastN, seed);
  }

  /// The same with another seed.
  public SamplingOptions withSeed(long other) {
    return new SamplingOptions(temperature, topK, topP, minP, repeatPenalty, repeatLastN, other);
  }
}
