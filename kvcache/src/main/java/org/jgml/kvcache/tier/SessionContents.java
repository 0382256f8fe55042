package org.jgml.kvcache.tier;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The table of contents of a saved session.
///
/// @param shape what a session must have in common to continue it
/// @param tensors by name, in the order in which they were saved
/// @param blockFile the file of its blocks, relative to the directory of the session; null if it
///   has no blocks
/// @param blocks where its blocks are in that file, or null
record SessionContents(
    CacheShape shape, Map<String, SavedTensor> tensors, String blockFile, BlockIndex blocks) {
  byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      BlockFileHeader.writeShape(out, shape);
      out.writeInt(tensors.size());
      for (Map.Entry<String, SavedTensor> tensor : tensors.entrySet()) {
        out.writeUTF(tensor.getKey());
        tensor.getValue().write(out);
      }
      out.writeBoolean(blocks != null);
      if (blocks != null) {
        out.writeUTF(blockFile);
        blocks.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static SessionContents decoded(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      CacheShape shape = BlockFileHeader.readShape(in);
      Map<String, SavedTensor> tensors = new LinkedHashMap<>();
      for (int i = in.readInt(); i > 0; i--) {
        tensors.put(in.readUTF(), SavedTensor.read(in));
      }
      if (!in.readBoolean()) {
        return new SessionContents(shape, tensors, null, null);
      }
      return new SessionContents(shape, tensors, in.readUTF(), BlockIndex.read(in));
    }
  }
}
