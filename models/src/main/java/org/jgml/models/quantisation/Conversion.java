package org.jgml.models.quantisation;

import java.util.Optional;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufType;

/// A tensor and the type it gets.
///
/// @param remark why this is not the type that was wanted
public record Conversion(GgufTensor tensor, GgufType type, Optional<String> remark) {
  /// Whether the bytes stay as they are.
  public boolean isCopy() {
    return tensor.type() == type;
  }

  /// Bytes of the tensor in its new type.
  public long bytes() {
    return tensor.shape().elements() / type.blockElements() * type.blockBytes();
  }
}
