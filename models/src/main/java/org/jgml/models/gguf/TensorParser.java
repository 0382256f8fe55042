package org.jgml.models.gguf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.Shape;

/// Reads the tensor declarations of a file and finds the bytes of each tensor.
///
/// As in ggml, tensors follow each other in the order of their declarations, each padded to the
/// alignment, without further gaps; only the padding after the last may be missing.
final class TensorParser {
  private static final long MOST_TENSORS = Integer.MAX_VALUE;
  private static final long LONGEST_NAME = 64;
  private static final int HIGHEST_RANK = 4;

  /// An empty name, no extents, type and offset.
  private static final long SMALLEST_DECLARATION = Long.BYTES + 2 * Integer.BYTES + Long.BYTES;

  private final GgufCursor cursor;

  TensorParser(GgufCursor cursor) {
    this.cursor = cursor;
  }

  /// The number of tensors, which a file gives before its metadata.
  long count() throws GgufException {
    return cursor.count("tensor count", MOST_TENSORS, SMALLEST_DECLARATION);
  }

  List<GgufTensor> tensors(long count, Alignment alignment) throws GgufException {
    List<Declaration> declarations = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      declarations.add(declaration());
    }
    return locate(declarations, alignment);
  }

  /// What a file says of a tensor.
  ///
  /// @param at where in the file it says so
  /// @param offset of the tensor's bytes from those of the first one
  private record Declaration(long at, String name, GgufType type, Shape shape, long offset) {}

  private Declaration declaration() throws GgufException {
    long at = cursor.position();
    String name = cursor.string("tensor name", LONGEST_NAME);
    long[] extents = extents(name);
    GgufType type = type(name);
    Shape shape = shape(at, name, type, extents);
    return new Declaration(at, name, type, shape, cursor.int64("offset of tensor " + name));
  }

  /// The extents, outermost first; a file has them innermost first.
  private long[] extents(String name) throws GgufException {
    long start = cursor.position();
    String what = "rank of tensor " + name;
    int rank = cursor.int32(what);
    if (rank < 0 || rank > HIGHEST_RANK) {
      String found = Integer.toUnsignedString(rank);
      throw cursor.malformed(start, what, "expected 0 to 4, found " + found);
    }
    long[] extents = new long[rank];
    for (int i = rank - 1; i >= 0; i--) {
      extents[i] = cursor.int64("extents of tensor " + name);
    }
    return extents;
  }

  private GgufType type(String name) throws GgufException {
    long start = cursor.position();
    String what = "type of tensor " + name;
    int id = cursor.int32(what);
    String problem = "expected a known type id, found " + id;
    return GgufType.of(id).orElseThrow(() -> cursor.malformed(start, what, problem));
  }

  /// Checks the extents before anything is computed from them.
  private Shape shape(long at, String name, GgufType type, long[] extents) throws GgufException {
    String found = ", found " + Arrays.toString(extents);
    long most = cursor.fileBytes() / type.blockBytes() * type.blockElements();
    long elements = 1;
    for (long extent : extents) {
      if (extent < 1) {
        throw cursor.malformed(at, "tensor " + name, "expected positive extents" + found);
      }
      if (extent > most / elements) {
        String expected = "expected at most " + most + " elements in a file of this size";
        throw cursor.malformed(
            at, "tensor " + name, expected + found + ". " + GgufCursor.TRUNCATED);
      }
      elements *= extent;
    }
    Shape shape = Shape.of(extents);
    if (shape.rowLength() % type.blockElements() != 0) {
      String expected = "expected rows of whole %s blocks of %d elements";
      throw cursor.malformed(
          at, "tensor " + name, expected.formatted(type, type.blockElements()) + found);
    }
    return shape;
  }

  private List<GgufTensor> locate(List<Declaration> declarations, Alignment alignment)
      throws GgufException {
    List<GgufTensor> tensors = new ArrayList<>();
    long start = alignment.align(cursor.position());
    long offset = 0;
    for (Declaration declaration : declarations) {
      if (declaration.offset != offset) {
        String problem = "expected an offset of %d, right after the tensor before it, found %s";
        throw malformed(
            declaration, problem.formatted(offset, Long.toUnsignedString(declaration.offset)));
      }
      MemorySegment bytes = bytes(declaration, start + offset);
      tensors.add(
          new GgufTensor(
              declaration.name, declaration.type, declaration.shape, bytes, cursor.file()));
      offset = alignment.align(offset + bytes.byteSize());
    }
    return List.copyOf(tensors);
  }

  private MemorySegment bytes(Declaration declaration, long start) throws GgufException {
    long length = declaration.type.bytes(declaration.shape.elements());
    long left = Math.max(0, cursor.fileBytes() - start);
    if (length > left) {
      String problem = "expected %d bytes from byte %d on, found %d. " + GgufCursor.TRUNCATED;
      throw malformed(declaration, problem.formatted(length, start, left));
    }
    return cursor.slice(start, length);
  }

  private GgufException malformed(Declaration declaration, String problem) {
    return cursor.malformed(declaration.at, "tensor " + declaration.name, problem);
  }
}
