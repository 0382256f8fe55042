package org.jgml.core.op;

import org.jgml.core.tensor.TensorType;

/// Values that the user writes before each run.
public record Input(TensorType type) implements Op.Source {
  @Override
  public String name() {
    return "input";
  }

  @Override
  public TensorType infer(Operands operands) {
    return type;
  }
}
