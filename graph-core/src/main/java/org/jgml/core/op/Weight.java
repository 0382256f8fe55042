package org.jgml.core.op;

import org.jgml.core.tensor.TensorType;

/// Values of a trained model, bound by the node's name; never written.
public record Weight(TensorType type) implements Op.Source {
  @Override
  public String name() {
    return "weight";
  }

  @Override
  public TensorType infer(Operands operands) {
    return type;
  }
}
