package org.jgml.core.inspect;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// The bytes of a tensor where Java can read them: in place on the host, else a copy.
///
/// @param tensor lies in a [HostBuffer]
record HostTensor(Tensor tensor) {
  /// Takes elements in row-major order.
  interface ElementVisitor {
    void visit(long index, double value);
  }

  /// A tensor as it is now; it may change when its device runs on.
  static HostTensor of(Tensor tensor) {
    if (tensor.buffer() instanceof HostBuffer) {
      return new HostTensor(tensor);
    }
    MemorySegment bytes = bytes(tensor);
    return new HostTensor(new Tensor(tensor.type(), tensor.layout(), HostBuffer.over(bytes), 0));
  }

  /// A copy of all bytes from the tensor's start to its last element.
  static MemorySegment bytes(Tensor tensor) {
    MemorySegment bytes = Arena.ofAuto().allocate(spanBytes(tensor), Long.BYTES);
    tensor.buffer().download(tensor.start(), bytes);
    return bytes;
  }

  /// Bytes from the tensor's start to its last element.
  static long spanBytes(Tensor tensor) {
    DataType type = tensor.type().dataType();
    long elements = tensor.layout().offset() + tensor.layout().span();
    long blocks = Math.ceilDiv(elements, type.blockElements());
    return blocks * type.blockBytes();
  }

  /// All elements in row-major order.
  double[] values() {
    return Elements.read(tensor);
  }

  /// Shows every element, a row at a time: needs no memory for all of them.
  void forEach(ElementVisitor visitor) {
    Layout rows = rows(tensor.layout());
    float[] row = new float[Math.toIntExact(rows.shape().rowLength())];
    for (long i = 0; i < rows.shape().rows(); i++) {
      long at = tensor.byteOffset(rows.rowOffset(i));
      long first = i * row.length;
      if (tensor.type().dataType().isInteger()) {
        visitIntegers(at, first, row.length, visitor);
        continue;
      }
      Format.of(tensor.type().dataType()).dequantise(tensor.segment(), at, row, 0, row.length);
      for (int j = 0; j < row.length; j++) {
        visitor.visit(first + j, row[j]);
      }
    }
  }

  private void visitIntegers(long at, long first, int length, ElementVisitor visitor) {
    DataType type = tensor.type().dataType();
    for (int i = 0; i < length; i++) {
      long offset = at + (long) i * type.blockBytes();
      visitor.visit(
          first + i,
          type == DataType.I32
              ? tensor.segment().get(JAVA_INT_UNALIGNED, offset)
              : tensor.segment().get(JAVA_LONG_UNALIGNED, offset));
    }
  }

  /// The layout itself if its rows are dense, else with each element a row of its own.
  static Layout rows(Layout layout) {
    return layout.hasDenseRows() ? layout : layout.reshape(layout.shape().append(1)).orElseThrow();
  }
}
