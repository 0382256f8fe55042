package org.jgml.models.check;

import java.util.Map;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.Norm;
import org.jgml.core.op.RmsNorm;

/// Normalisations.
final class NormOps {
  private static final String EPSILON = "eps";

  private NormOps() {}

  static Map<String, Translation> translations() {
    return Map.of(
        "norm", g -> g.apply(new Norm(g.number(EPSILON)), g.input(0)),
        "rms_norm", g -> g.apply(new RmsNorm(g.number(EPSILON), false), g.input(0)),
        "l2_norm", g -> g.apply(new L2Norm(g.number(EPSILON)), g.input(0)),
        "group_norm", g -> g.apply(groupNorm(g), g.input(0)));
  }

  private static GroupNorm groupNorm(CaseGraph g) {
    return new GroupNorm((int) g.parameters().integer("groups"), g.number(EPSILON));
  }
}
