package org.jgml.models.check;

import java.util.Map;
import org.jgml.core.op.Argmax;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.Cumsum;
import org.jgml.core.op.Mean;
import org.jgml.core.op.Sum;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.TopK;

/// Sums, extremes and orders of rows.
final class ReductionOps {
  private ReductionOps() {}

  static Map<String, Translation> translations() {
    return Map.of(
        "sum", g -> g.apply(new Sum(), g.input(0)),
        "sum_rows", g -> g.apply(new SumRows(), g.input(0)),
        "mean", g -> g.apply(new Mean(), g.input(0)),
        "cumsum", g -> g.apply(new Cumsum(), g.input(0)),
        "argmax", g -> g.apply(new Argmax(), g.input(0)),
        "argsort", g -> g.apply(new Argsort(isDescending(g)), g.input(0)),
        "argsort_top_k", g -> g.apply(new TopK((int) g.parameters().integer("k")), g.input(0)));
  }

  private static boolean isDescending(CaseGraph g) {
    return g.parameters().string("order").equals("desc");
  }
}
