package org.jgml.models.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One file of a model, which may be the only one.
record GgufShard(Path path, int version, GgufMetadata metadata, List<GgufTensor> tensors) {
  /// Maps and parses a file; the mapping belongs to the arena.
  static GgufShard open(Path path, Arena arena) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new GgufException(path, "file", "expected a regular file, found a folder or device");
    }
    return new GgufParser(path, MappedFile.map(path, arena)).shard();
  }
}
