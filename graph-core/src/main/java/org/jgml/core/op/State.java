package org.jgml.core.op;

import org.jgml.core.tensor.TensorType;

/// Values that live as long as a session, in which graphs overwrite rows: a key-value cache. Zero
/// at first; states of one name in several graphs are one tensor.
public record State(TensorType type) implements Op.Source {
  @Override
  public String name() {
    return "state";
  }

  @Override
  public TensorType infer(Operands operands) {
    return type;
  }
}
