package org.jgml.models.check;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.Scale;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;

/// Functions of one element or a pair.
final class ElementwiseOps {
  private ElementwiseOps() {}

  static Map<String, Translation> translations() {
    Map<String, Translation> table = new HashMap<>();
    for (Unary.Kind kind : Unary.Kind.values()) {
      table.put(kind.name().toLowerCase(Locale.ROOT), g -> g.apply(new Unary(kind), g.input(0)));
    }
    for (Binary.Kind kind : Binary.Kind.values()) {
      table.put(kind.name().toLowerCase(Locale.ROOT), g -> binary(g, kind));
    }
    table.put("add1", g -> binary(g, Binary.Kind.ADD));
    table.put("add_id", ElementwiseOps::addRowsById);
    table.put("scale", g -> g.apply(new Scale(g.number("s"), g.number("bias")), g.input(0)));
    table.put("clamp", g -> g.apply(new Clamp(g.number("min"), g.number("max")), g.input(0)));
    table.put("leaky_relu", g -> g.apply(new LeakyRelu(g.number("slope")), g.input(0)));
    return table;
  }

  /// ggml computes in F32 and rounds to the type of the first operand.
  private static Node binary(CaseGraph g, Binary.Kind kind) {
    Node a = g.builder().cast(g.input(0), DataType.F32);
    Node b = g.builder().cast(g.input(1), DataType.F32);
    Node result = g.apply(new Binary(kind), a, g.tiled(b, a.type().shape()));
    return g.builder().cast(result, g.outputType());
  }

  private static Node addRowsById(CaseGraph g) {
    Node a = g.input(0);
    Node ids = g.input(2);
    Node flat = g.builder().reshape(ids, ids.type().shape().elements());
    Node rows = g.builder().getRows(g.input(1, 2), flat);
    return g.builder().add(a, g.builder().reshape(rows, a.type().shape().dims()));
  }
}
