package org.jgml.models.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/// The stages and the choice that options ask for; what would change nothing is left out.
record StageChain(List<Stage> stages, Choice choice) {
  /// What [#candidatesNeeded] is if all may matter.
  static final int ALL = Integer.MAX_VALUE;

  /// @param pieces the bytes that a token stands for
  static StageChain of(SamplingOptions options, IntFunction<byte[]> pieces) {
    SplittableRandom random = new SplittableRandom(options.seed());
    List<Stage> stages = new ArrayList<>();
    when(!options.logitBias().isEmpty(), new LogitBias(options.logitBias())).ifPresent(stages::add);
    Choice draw = new SeededDraw(random);
    if (options.mirostat().version() > 0) {
      plainTemperature(options.temperature()).ifPresent(stages::add);
      return new StageChain(stages, new Mirostat(options.mirostat(), draw));
    }
    for (StageName name : options.order()) {
      stage(name, options, pieces, random).ifPresent(stages::add);
    }
    return new StageChain(stages, draw);
  }

  private static Optional<Stage> stage(
      StageName name,
      SamplingOptions options,
      IntFunction<byte[]> pieces,
      SplittableRandom random) {
    TruncationOptions truncation = options.truncation();
    return switch (name) {
      case PENALTIES -> when(!options.penalties().isOff(), new Penalties(options.penalties()));
      case DRY -> when(!options.dry().isOff(), new DryPenalty(options.dry(), pieces));
      case TOP_N_SIGMA -> when(truncation.topNSigma() > 0, new TopNSigma(truncation.topNSigma()));
      case TOP_K -> when(truncation.topK() > 0, new TopK(truncation.topK()));
      case TYPICAL_P -> when(truncation.typicalP() < 1, new Typical(truncation.typicalP()));
      case TOP_P -> when(truncation.topP() < 1, new TopP(truncation.topP()));
      case MIN_P -> when(truncation.minP() > 0, new MinP(truncation.minP()));
      case XTC -> when(!options.xtc().isOff(), new ExcludeTopChoices(options.xtc(), random));
      case TEMPERATURE ->
          options.temperature().range() > 0
              ? Optional.of(new DynamicTemperature(options.temperature()))
              : plainTemperature(options.temperature());
    };
  }

  private static Optional<Stage> plainTemperature(TemperatureOptions options) {
    return when(options.value() != 1, new Temperature(options.value()));
  }

  private static Optional<Stage> when(boolean changesSomething, Stage stage) {
    return changesSomething ? Optional.of(stage) : Optional.empty();
  }

  /// How many of the best candidates decide what is chosen: [#ALL], unless nothing but the best
  /// passes the first stages.
  int candidatesNeeded() {
    if (takesLikeliest()) {
      return 1;
    }
    return !stages.isEmpty() && stages.getFirst() instanceof TopK(int count) ? count : ALL;
  }

  /// Whether one stage leaves the likeliest only, and those before it drop less likely ones only.
  private boolean takesLikeliest() {
    for (Stage stage : stages) {
      switch (stage) {
        case Temperature(float value) when value <= 0 -> {
          return true;
        }
        case TopK _, TopP _, MinP _, TopNSigma _ -> {}
        default -> {
          return false;
        }
      }
    }
    return false;
  }
}
