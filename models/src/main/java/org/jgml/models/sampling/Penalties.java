package org.jgml.models.sampling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Makes recent tokens less likely. The repeat penalty divides positive logits and multiplies
/// others (Keskar et al., *CTRL*, section 4.1, in the form that keeps negative logits from rising);
/// then the frequency penalty is subtracted once for each occurrence, the presence penalty once.
final class Penalties implements Stage {
  private final PenaltyOptions options;
  private final int window;
  private final Deque<Integer> recent = new ArrayDeque<>();
  private final Map<Integer, Integer> counts = new HashMap<>();

  Penalties(PenaltyOptions options) {
    this.options = options;
    this.window = options.lastN() < 0 ? Integer.MAX_VALUE : options.lastN();
  }

  @Override
  public void accept(int token) {
    recent.addLast(token);
    counts.merge(token, 1, Integer::sum);
    if (recent.size() > window) {
      counts.computeIfPresent(recent.removeFirst(), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  @Override
  public void apply(Candidates candidates) {
    counts.forEach((token, count) -> {
      int index = candidates.indexOf(token);
      if (index >= 0) {
        candidates.logit(index, penalised(candidates.logit(index), count));
      }
    });
  }

  private float penalised(float logit, int count) {
    float repeated = logit > 0 ? logit / options.repeat() : logit * options.repeat();
    return repeated - count * options.frequency() - options.presence();
  }
}
