package org.jgml.core.tensor;

import java.util.Objects;

/// An element type and a shape: all that an op knows of a tensor. Prints as `F32 [7, 2048]`.
public record TensorType(DataType dataType, Shape shape) {
  /// @throws IllegalArgumentException if rows are no whole number of blocks of the type
  public TensorType {
    Objects.requireNonNull(dataType);
    if (shape.rowLength() % dataType.blockElements() != 0) {
      throw new IllegalArgumentException(
          "rows of %d elements are no whole number of %s blocks of %d"
              .formatted(shape.rowLength(), dataType, dataType.blockElements()));
    }
  }

  /// A type of these extents, outermost first.
  public static TensorType of(DataType dataType, long... dims) {
    return new TensorType(dataType, Shape.of(dims));
  }

  /// Bytes of a dense tensor of this type.
  public long bytes() {
    return dataType.bytes(shape.elements());
  }

  /// This element type with another shape.
  public TensorType withShape(Shape other) {
    return new TensorType(dataType, other);
  }

  /// This shape with another element type.
  public TensorType withDataType(DataType other) {
    return new TensorType(other, shape);
  }

  @Override
  public String toString() {
    return dataType + " " + shape;
  }
}
