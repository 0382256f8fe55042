package org.jgml.cpu;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;

/// Attention's own result: weighted means of values.
///
/// @param sinks a logit for each head that takes part in the sum of weights; null for none
record NormalisedOutput(AttentionPlan plan, HeadRows y, Rows sinks) implements AttentionOutput {
  static NormalisedOutput of(AttentionPlan plan, Step step) {
    Tensor sinks = step.named("sinks");
    return new NormalisedOutput(
        plan, HeadRows.of(step.output()), sinks == null ? null : Rows.of(sinks));
  }

  @Override
  public void write(int entry, int token, int head, int column, PanelPartial sum) {
    long at = y.at(entry, token, head);
    float factor = factor(head, column, sum);
    for (int i = 0; i < y.size(); i++) {
      ScalarRowMath.set(y.segment(), at, i, factor * sum.value(i, column));
    }
  }

  /// What makes the weights of a query add up to 1, the sink's included; 0 if it sees nothing.
  private float factor(int head, int column, PanelPartial sum) {
    double total = sum.sum(column);
    if (sinks != null) {
      float sink = ScalarRowMath.get(sinks.segment(), sinks.at(0), head);
      total += Math.exp(sink - sum.max(column));
    }
    return total == 0 ? 0 : (float) (1 / total);
  }
}
