package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Axes of extent 1, and axes missing in front, repeated by NumPy's rule, without a copy.
public record Broadcast(Shape shape) implements Op.View {
  static final OpSpec SPEC =
      new OpSpec(
          "broadcast",
          List.of("x"),
          List.of(
              Sample.of("rows", new Broadcast(Shape.of(5, 33)), Sample.Operand.of(F32, 1, 33)),
              Sample.of("new axis", new Broadcast(Shape.of(3, 4)), Sample.Operand.of(F32, 4))),
          List.of(
              ErrorSample.of(
                  "[3, 4] does not broadcast to [6, 4]", new Broadcast(Shape.of(6, 4)), f32(3, 4)),
              ErrorSample.of(
                  "[2, 1, 4] does not broadcast to [2, 4]",
                  new Broadcast(Shape.of(2, 4)),
                  f32(2, 1, 4))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        operands.shape(0).broadcastsTo(shape),
        "%s does not broadcast to %s".formatted(operands.shape(0), shape),
        "aligned at the last axis, extents must be equal or 1; use repeat to tile");
    return operands.type(0).withShape(shape);
  }

  @Override
  public Optional<Layout> view(Layout operand) {
    return Optional.of(operand.broadcastTo(shape));
  }
}
