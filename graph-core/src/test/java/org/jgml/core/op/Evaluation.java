package org.jgml.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// One evaluation of an op on values written in a test.
record Evaluation(Op.Compute op, List<Operand> operands) {
  private static final double TOLERANCE = 1e-12;

  /// Values of a type.
  record Operand(TensorType type, double... elements) {}

  static Evaluation of(Op.Compute op, Operand... operands) {
    return new Evaluation(op, List.of(operands));
  }

  static Operand f32(Shape shape, double... elements) {
    return new Operand(new TensorType(DataType.F32, shape), elements);
  }

  /// A vector.
  static Operand f32(double... elements) {
    return f32(Shape.of(elements.length), elements);
  }

  static Operand i32(Shape shape, double... elements) {
    return new Operand(new TensorType(DataType.I32, shape), elements);
  }

  /// A vector of integers.
  static Operand i32(double... elements) {
    return i32(Shape.of(elements.length), elements);
  }

  static double[] repeated(double value, int count) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }

  TensorType type() {
    return op.infer(new Operands(op, "node", operands.stream().map(Operand::type).toList()));
  }

  void gives(double... expected) {
    List<Arguments.Values> values =
        operands.stream()
            .map(operand -> new Arguments.Values(operand.type().shape(), operand.elements()))
            .toList();
    TensorType result = type();
    assertEquals(result.shape().elements(), expected.length);
    assertArrayEquals(expected, op.evaluate(new Arguments(op, values), result), TOLERANCE);
  }

  void gives(Shape shape, double... expected) {
    assertEquals(shape, type().shape());
    gives(expected);
  }
}
