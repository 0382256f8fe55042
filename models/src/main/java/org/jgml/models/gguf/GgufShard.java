package org.jgml.models.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// One file of a model, which may be the only one.
record GgufShard(Path path, int version, GgufMetadata metadata, List<GgufTensor> tensors) {
  /// Maps and parses a file; the mapping belongs to the arena.
  static GgufShard open(Path path, Arena arena) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new GgufException(path, "file", "expected a regular file, found a folder or device");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return new GgufParser(path, bytes).shard();
    }
  }
}
