package org.jgml.models.architecture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jgml.core.tensor.Shape;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;

/// A small matrix of floats as graphs want it, rows for columns, under a name of its own.
/// Transposed once, when it is loaded.
final class TransposedMatrix {
  private static final String ENDING = ".transposed";
  private static final ValueLayout.OfInt ELEMENT = ValueLayout.JAVA_INT_UNALIGNED;
  // A cache line, more than any element type asks for.
  private static final long ALIGNMENT = 64;

  private TransposedMatrix() {}

  /// The name of the transposed matrix.
  static String name(String original) {
    return original + ENDING;
  }

  /// Its bytes; empty if the name is no such name, or the file has no such matrix.
  static Optional<MemorySegment> bytes(GgufFile file, String name, SegmentAllocator allocator) {
    return name.endsWith(ENDING)
        ? file.tensor(name.substring(0, name.length() - ENDING.length()))
            .map(tensor -> transposed(tensor, allocator))
        : Optional.empty();
  }

  private static MemorySegment transposed(GgufTensor tensor, SegmentAllocator allocator) {
    Shape shape = tensor.shape();
    MemorySegment bytes = allocator.allocate(tensor.bytes().byteSize(), ALIGNMENT);
    for (long row = 0; row < shape.rows(); row++) {
      for (long column = 0; column < shape.rowLength(); column++) {
        long from = Integer.BYTES * (row * shape.rowLength() + column);
        long to = Integer.BYTES * (column * shape.rows() + row);
        bytes.set(ELEMENT, to, tensor.bytes().get(ELEMENT, from));
      }
    }
    return bytes;
  }
}
