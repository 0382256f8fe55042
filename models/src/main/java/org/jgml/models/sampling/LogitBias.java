package org.jgml.models.sampling;

import java.util.Map;

/// Adds to the logits of some tokens; minus infinity forbids them.
record LogitBias(Map<Integer, Float> biases) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    biases.forEach((token, bias) -> {
      int index = candidates.indexOf(token);
      if (index >= 0) {
        candidates.logit(index, candidates.logit(index) + bias);
      }
    });
  }
}
