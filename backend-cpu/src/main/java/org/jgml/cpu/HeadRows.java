package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// The rows of a tensor `[tokens, heads, size]`, or `[batch, tokens, heads, size]`.
record HeadRows(
    MemorySegment segment, int size, long start, long batchBytes, long tokenBytes, long headBytes) {
  static HeadRows of(Tensor tensor) {
    Layout layout = tensor.layout();
    DataType type = tensor.type().dataType();
    boolean isBatch = layout.shape().rank() == 4;
    return new HeadRows(
        tensor.segment(),
        Math.toIntExact(layout.shape().rowLength()),
        tensor.byteOffset(layout.offset()),
        isBatch ? type.bytes(layout.stride(0)) : 0,
        type.bytes(layout.stride(-3)),
        type.bytes(layout.stride(-2)));
  }

  /// The byte where a row begins.
  long at(int batch, int token, int head) {
    return start + batch * batchBytes + token * tokenBytes + head * headBytes;
  }
}
