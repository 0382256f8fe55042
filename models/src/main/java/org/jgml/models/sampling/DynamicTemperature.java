package org.jgml.models.sampling;

/// A temperature that grows with the entropy of the distribution: `least` for a certain one, `most`
/// for a uniform one (Zhu et al., *EDT: Improving Large Language Models' Generation by
/// Entropy-based Dynamic Temperature Sampling*, in the form that llama.cpp has).
record DynamicTemperature(TemperatureOptions options) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    if (candidates.size() > 1) {
      new Temperature(temperature(candidates)).apply(candidates);
    }
  }

  float temperature(Candidates candidates) {
    double least = Math.max(0, options.value() - options.range());
    double most = options.value() + options.range();
    double uncertainty =
        Math.clamp(Entropy.of(candidates.probabilities()) / Math.log(candidates.size()), 0, 1);
    return (float) (least + (most - least) * Math.pow(uncertainty, options.exponent()));
  }
}
