package org.jgml.cpu;

import org.jgml.core.backend.Step;
import org.jgml.core.op.AttentionPartial;

/// The result of partial attention: sums of weighted values, the maximum and the sum of weights.
record PartialOutput(AttentionPlan plan, HeadRows y) implements AttentionOutput {
  static PartialOutput of(AttentionPlan plan, Step step) {
    return new PartialOutput(plan, HeadRows.of(step.output()));
  }

  @Override
  public void write(int entry, int token, int head, int column, PanelPartial sum) {
    long at = y.at(entry, token, head);
    int values = y.size() - AttentionPartial.STATISTICS;
    for (int i = 0; i < values; i++) {
      ScalarRowMath.set(y.segment(), at, i, sum.value(i, column));
    }
    ScalarRowMath.set(y.segment(), at, values, sum.max(column));
    ScalarRowMath.set(y.segment(), at, values + 1, sum.sum(column));
  }
}
