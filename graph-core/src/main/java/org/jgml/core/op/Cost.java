package org.jgml.core.op;

import org.jgml.core.tensor.TensorType;

/// The least work of an op: floating-point operations, and bytes read and written once.
public record Cost(long flops, long bytes) {
  /// No arithmetic; every operand read and the result written once.
  public static Cost ofBytes(Operands operands, TensorType result) {
    long bytes = result.bytes();
    for (int i = 0; i < operands.count(); i++) {
      bytes += operands.type(i).bytes();
    }
    return new Cost(0, bytes);
  }

  /// The same bytes with this much arithmetic.
  public Cost withFlops(long operations) {
    return new Cost(operations, bytes);
  }

  /// The same arithmetic with other bytes.
  public Cost withBytes(long moved) {
    return new Cost(flops, moved);
  }
}
