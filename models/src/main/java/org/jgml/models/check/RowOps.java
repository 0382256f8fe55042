package org.jgml.models.check;

import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Repeat;
import org.jgml.core.tensor.Shape;

/// Reading and writing of rows by index.
final class RowOps {
  private RowOps() {}

  static Map<String, Translation> translations() {
    return Map.of("get_rows", RowOps::getRows, "set_rows", RowOps::setRows);
  }

  private static Node getRows(CaseGraph g) {
    return g.builder().getRows(g.input(0), g.input(1, 3));
  }

  private static Node setRows(CaseGraph g) {
    Node rows = g.input(1);
    Node indices = g.input(2, 3);
    Shape batch = rows.type().shape().range(0, 3);
    Shape given = indices.type().shape();
    Node tiled = given.broadcastsTo(batch) ? indices : g.apply(new Repeat(batch), indices);
    return g.builder().setRows(g.input(0), rows, tiled);
  }
}
