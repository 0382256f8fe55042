package org.jgml.core.op;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// A wrong use of an op and a part of the message that it must be refused with.
///
/// @param message text that the error contains
public record ErrorSample(String message, Op op, List<TensorType> operands) {
  /// An error sample from its operand types.
  public static ErrorSample of(String message, Op op, TensorType... operands) {
    return new ErrorSample(message, op, List.of(operands));
  }

  /// An F32 operand type, which most samples need.
  public static TensorType f32(long... dims) {
    return TensorType.of(DataType.F32, dims);
  }

  /// An I32 operand type.
  public static TensorType i32(long... dims) {
    return TensorType.of(DataType.I32, dims);
  }
}
