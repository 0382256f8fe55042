package org.jgml.cpu;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.AttentionPartial;

/// Where keys lie that come in blocks of rows, by the operand `table`.
///
/// @param slots blocks that there are
record KeyTable(String op, Indices blocks, int blockRows, int slots) {
  /// The table of a step; null if it has none.
  static KeyTable of(AttentionPartial op, Step step) {
    Tensor table = step.named("table");
    if (table == null) {
      return null;
    }
    int rows = Math.toIntExact(step.input(1).type().shape().dim(0));
    return new KeyTable(
        step.node().toString(), new Indices(table), op.blockRows(), rows / op.blockRows());
  }

  /// Keys that the table lists.
  int length() {
    return Math.multiplyExact(blocks.rowLength(), blockRows);
  }

  /// The row of a key.
  int row(int key) {
    return blocks.get(0, key / blockRows, slots, op) * blockRows + key % blockRows;
  }
}
