package org.jgml.models.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A tensor of a file, in place.
///
/// Its shape is outermost axis first, as everywhere in this engine: a file lists the extents from
/// the innermost on, and [GgufFile] and [GgufWriter] are the only places that reverse them.
///
/// @param bytes a read-only view of the mapped file, which ends with it; it begins at a multiple of
///   the file's alignment, usually 32, and may be aligned to a single byte
/// @param file the file it lies in, which is one shard of a split model
public record GgufTensor(String name, GgufType type, Shape shape, MemorySegment bytes, Path file) {
  /// The type and shape for a graph.
  ///
  /// @throws GgufException if this engine cannot compute with the element type
  public TensorType tensorType() throws GgufException {
    String problem = "expected a type that can be computed with, found %s. Convert it to Q8_0";
    DataType dataType = type.dataType().orElseThrow(() -> malformed(problem.formatted(type)));
    return new TensorType(dataType, shape);
  }

  /// The exception for a tensor that is not what the model needs: `<file>: tensor <name>:
  /// <problem>`. To be thrown by the caller.
  public GgufException malformed(String problem) {
    return new GgufException(file, "tensor " + name, problem);
  }

  /// As in `blk.0.attn_q.weight: Q4_0 [4096, 4096]`.
  @Override
  public String toString() {
    return name + ": " + type + " " + shape;
  }
}
