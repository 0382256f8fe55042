package org.jgml.core.inspect;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
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
    Layout rows = tensor.layout().inDenseRows();
    double[] row = new double[Math.toIntExact(rows.shape().rowLength())];
    for (long i = 0; i < rows.shape().rows(); i++) {
      Elements.readRow(tensor, tensor.byteOffset(rows.rowOffset(i)), row, 0, row.length);
      for (int j = 0; j < row.length; j++) {
        visitor.visit(i * row.length + j, row[j]);
      }
    }
  }
}
