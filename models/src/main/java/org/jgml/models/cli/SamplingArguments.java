package org.jgml.models.cli;

import org.jgml.models.sampling.SamplingOptions;
import picocli.CommandLine.Option;

/// Options on how tokens are chosen, with llama.cpp's names.
final class SamplingArguments {
  private static final SamplingOptions DEFAULTS = SamplingOptions.defaults();

  @Option(
      names = {"--temp", "--temperature"},
      paramLabel = "X",
      description = "Temperature; 0 always takes the likeliest token (default: ${DEFAULT-VALUE}).")
  private float temperature = DEFAULTS.temperature();

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Choose among the N likeliest; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK = DEFAULTS.topK();

  @Option(
      names = "--top-p",
      paramLabel = "X",
      description =
          "Choose among the likeliest that together have probability X; 1 for all"
              + " (default: ${DEFAULT-VALUE}).")
  private float topP = DEFAULTS.topP();

  @Option(
      names = "--min-p",
      paramLabel = "X",
      description =
          "Choose among those at least X times as likely as the likeliest; 0 for all"
              + " (default: ${DEFAULT-VALUE}).")
  private float minP = DEFAULTS.minP();

  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      description = "Makes recent tokens less likely; 1 for off (default: ${DEFAULT-VALUE}).")
  private float repeatPenalty = DEFAULTS.repeatPenalty();

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      description =
          "How many tokens are recent; 0 for none, -1 for all (default: ${DEFAULT-VALUE}).")
  private int repeatLastN = DEFAULTS.repeatLastN();

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      description = "Equal seeds give equal texts; -1 for a random one (default: -1).")
  private long seed = -1;

  SamplingOptions samplingOptions() {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        repeatPenalty,
        repeatLastN,
        seed == -1 ? DEFAULTS.seed() : seed);
  }
}
