package org.jgml.models.gguf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Where a [GgufWriter] takes the bytes of a tensor from when it comes to write them.
///
/// A source may convert as it writes, so that no tensor need be in memory as a whole.
@FunctionalInterface
public interface TensorSource {
  /// Writes all bytes of the tensor, row by row.
  void writeTo(WritableByteChannel channel) throws IOException;

  /// The bytes of a segment.
  static TensorSource of(MemorySegment bytes) {
    return channel -> {
      long most = 1 << 30; // A byte buffer spans less than 2 GiB.
      for (long at = 0; at < bytes.byteSize(); at += most) {
        long length = Math.min(most, bytes.byteSize() - at);
        ByteBuffer part = bytes.asSlice(at, length).asByteBuffer();
        while (part.hasRemaining()) {
          channel.write(part);
        }
      }
    };
  }
}
