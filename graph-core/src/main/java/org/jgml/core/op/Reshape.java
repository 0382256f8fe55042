package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The same elements, in row-major order, under another shape.
public record Reshape(Shape shape) implements Op.View {
  static final OpSpec SPEC =
      new OpSpec(
          "reshape",
          List.of("x"),
          List.of(
              Sample.of("split heads", to(3, 4, 8), Sample.Operand.of(F32, 3, 32)),
              Sample.of("flatten", to(105), Sample.Operand.of(F32, 3, 5, 7))),
          List.of(
              ErrorSample.of("30 elements cannot become [4, 8]", to(4, 8), f32(5, 6)),
              ErrorSample.of(
                  "rows of 16 elements cut Q8_0 blocks of 32",
                  to(4, 16),
                  TensorType.of(Q8_0, 2, 32))));

  private static Reshape to(long... dims) {
    return new Reshape(Shape.of(dims));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    TensorType x = operands.type(0);
    operands.require(
        x.shape().elements() == shape.elements(),
        "%d elements cannot become %s, which has %d"
            .formatted(x.shape().elements(), shape, shape.elements()),
        "give a shape of equally many elements");
    operands.require(
        shape.rowLength() % x.dataType().blockElements() == 0,
        "rows of %d elements cut %s blocks of %d"
            .formatted(shape.rowLength(), x.dataType(), x.dataType().blockElements()),
        "keep rows whole, or cast to F32 first");
    return x.withShape(shape);
  }

  @Override
  public Optional<Layout> view(Layout operand) {
    return operand.reshape(shape);
  }
}
