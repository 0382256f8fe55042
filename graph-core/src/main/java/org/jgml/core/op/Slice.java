package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.TensorType;

/// `length` indices of one axis, from `start` on, `step` apart; negative axes count from the end.
public record Slice(int axis, long start, long length, long step) implements Op.View {
  static final OpSpec SPEC =
      new OpSpec(
          "slice",
          List.of("x"),
          List.of(
              Sample.of("rows", new Slice(0, 2, 3, 1), Sample.Operand.of(F32, 7, 33)),
              Sample.of("half of a row", new Slice(-1, 16, 16, 1), Sample.Operand.of(F32, 5, 32)),
              Sample.of("every second", new Slice(-1, 1, 4, 2), Sample.Operand.of(F32, 5, 9))),
          List.of(
              ErrorSample.of("axis 2 is outside", new Slice(2, 0, 1, 1), f32(4, 4)),
              ErrorSample.of("index 8 is outside an axis of 7", new Slice(0, 2, 4, 2), f32(7, 3)),
              ErrorSample.of("start -1", new Slice(0, -1, 2, 1), f32(7, 3)),
              ErrorSample.of("step 0", new Slice(0, 0, 2, 0), f32(7, 3)),
              ErrorSample.of(
                  "would cut Q8_0 blocks of 32",
                  new Slice(1, 16, 32, 1),
                  TensorType.of(Q8_0, 2, 64))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    TensorType x = operands.type(0);
    operands.requireAxis(0, axis);
    operands.require(
        start >= 0 && length >= 0 && step >= 1,
        "start %d, length %d and step %d".formatted(start, length, step),
        "use start >= 0, length >= 0 and step >= 1");
    long extent = x.shape().dim(axis);
    long last = start + (length - 1) * step;
    operands.require(
        length == 0 || last < extent,
        "index %d is outside an axis of %d".formatted(last, extent),
        "shorten the slice");
    int block = x.dataType().blockElements();
    boolean isRow = x.shape().axis(axis) == x.shape().rank() - 1;
    operands.require(
        !isRow || block == 1 || start % block == 0 && length % block == 0 && step == 1,
        "would cut %s blocks of %d".formatted(x.dataType(), block),
        "slice whole blocks, or cast to F32 first");
    return x.withShape(x.shape().with(axis, length));
  }

  @Override
  public Optional<Layout> view(Layout operand) {
    return Optional.of(operand.slice(axis, start, length, step));
  }
}
