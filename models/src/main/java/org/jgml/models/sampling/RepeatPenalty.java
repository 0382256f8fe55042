package org.jgml.models.sampling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/// Makes recent tokens less likely: divides their logit by `penalty` if it is positive, else
/// multiplies it (Keskar et al., *CTRL*, section 4.1, in the form that keeps negative logits from
/// rising).
final class RepeatPenalty implements Stage {
  private final float penalty;
  private final int window;
  private final Deque<Integer> recent = new ArrayDeque<>();

  /// @param window how many of the last tokens are penalised; negative for all
  RepeatPenalty(float penalty, int window) {
    this.penalty = penalty;
    this.window = window < 0 ? Integer.MAX_VALUE : window;
  }

  @Override
  public void accept(int token) {
    recent.addLast(token);
    if (recent.size() > window) {
      recent.removeFirst();
    }
  }

  @Override
  public void apply(Candidates candidates) {
    Set<Integer> penalised = new HashSet<>(recent);
    for (int i = 0; i < candidates.size(); i++) {
      if (penalised.contains(candidates.id(i))) {
        float logit = candidates.logit(i);
        candidates.logit(i, logit > 0 ? logit / penalty : logit * penalty);
      }
    }
  }
}
