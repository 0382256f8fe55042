package org.jgml.models.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/// The stages and the choice that options ask for; what would change nothing is left out.
record StageChain(List<Stage> stages, Choice choice) {
  /// @param pieces the bytes that a token stands for
  static StageChain of(SamplingOptions options, IntFunction<byte[]> pieces) {
    SplittableRandom random = new SplittableRandom(options.seed());
    List<Stage> stages = new ArrayList<>();
    if (!options.logitBias().isEmpty()) {
      stages.add(new LogitBias(options.logitBias()));
    }
    Choice draw = new SeededDraw(random);
    if (options.mirostat().version() > 0) {
      addIf(options.temperature().value() != 1, plainTemperature(options), stages);
      return new StageChain(stages, new Mirostat(options.mirostat(), draw));
    }
    for (StageName name : options.order()) {
      switch (name) {
        case PENALTIES -> addIf(!options.penalties().isOff(), penalties(options), stages);
        case DRY -> addIf(!options.dry().isOff(), new DryPenalty(options.dry(), pieces), stages);
        case XTC ->
            addIf(!options.xtc().isOff(), new ExcludeTopChoices(options.xtc(), random), stages);
        case TEMPERATURE -> addTemperature(options, stages);
        case TOP_N_SIGMA, TOP_K, TYPICAL_P, TOP_P, MIN_P ->
            addTruncation(name, options.truncation(), stages);
      }
    }
    return new StageChain(stages, draw);
  }

  /// What [#candidatesNeeded] is if all may matter.
  static final int ALL = Integer.MAX_VALUE;

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

  private static void addIf(boolean on, Stage stage, List<Stage> stages) {
    if (on) {
      stages.add(stage);
    }
  }

  private static Stage penalties(SamplingOptions options) {
    return new Penalties(options.penalties());
  }

  private static Stage plainTemperature(SamplingOptions options) {
    return new Temperature(options.temperature().value());
  }

  private static void addTemperature(SamplingOptions options, List<Stage> stages) {
    if (options.temperature().range() > 0) {
      stages.add(new DynamicTemperature(options.temperature()));
    } else {
      addIf(options.temperature().value() != 1, plainTemperature(options), stages);
    }
  }

  private static void addTruncation(StageName name, TruncationOptions options, List<Stage> stages) {
    switch (name) {
      case TOP_N_SIGMA ->
          addIf(options.topNSigma() > 0, new TopNSigma(options.topNSigma()), stages);
      case TOP_K -> addIf(options.topK() > 0, new TopK(options.topK()), stages);
      case TYPICAL_P -> addIf(options.typicalP() < 1, new Typical(options.typicalP()), stages);
      case TOP_P -> addIf(options.topP() < 1, new TopP(options.topP()), stages);
      case MIN_P -> addIf(options.minP() > 0, new MinP(options.minP()), stages);
      default -> throw new IllegalArgumentException(name + " does not truncate");
    }
  }
}
