package org.jgml.models.check;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Op;
import org.jgml.core.op.SwigluOai;

/// Gated linear units, of two tensors or of one that holds both side by side.
final class GluOps {
  private GluOps() {}

  static Map<String, Translation> translations() {
    Map<String, Translation> table = new HashMap<>();
    for (Glu.Kind kind : Glu.Kind.values()) {
      table.put(kind.name().toLowerCase(Locale.ROOT), g -> gated(g, new Glu(kind)));
    }
    table.put("swiglu_oai", g -> gated(g, new SwigluOai(g.number("alpha"), g.number("limit"))));
    return table;
  }

  private static Node gated(CaseGraph g, Op op) {
    Node x = g.input(0);
    if (g.hasInput(1)) {
      return g.apply(op, x, g.input(1));
    }
    long length = x.type().shape().rowLength() / 2;
    Node first = g.builder().slice(x, -1, 0, length);
    Node second = g.builder().slice(x, -1, length, length);
    return g.parameters().flag("swapped") ? g.apply(op, second, first) : g.apply(op, first, second);
  }
}
