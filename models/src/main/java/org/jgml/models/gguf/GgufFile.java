package org.jgml.models.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model in a GGUF file, or in the several files of a split model, mapped into memory.
///
/// Opening reads only what describes the tensors; their bytes are loaded by the operating system as
/// they are used. Metadata is that of the first file. Closing ends every view: segments of tensors,
/// metadata values and arrays. Safe for use by several threads. A file must not be truncated by
/// others while it is open.
public final class GgufFile implements AutoCloseable {
  private final Arena arena;
  private final GgufShard first;
  private final Map<String, GgufTensor> tensors;

  private GgufFile(Arena arena, List<GgufShard> shards) throws GgufException {
    this.arena = arena;
    this.first = shards.getFirst();
    this.tensors = new LinkedHashMap<>();
    for (GgufShard shard : shards) {
      for (GgufTensor tensor : shard.tensors()) {
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
          throw tensor.malformed("expected each tensor once, found it again");
        }
      }
    }
  }

  /// Maps a file and, if it is the first of a split model, the others, which lie beside it.
  ///
  /// @throws GgufException if the content is malformed, or a file of a split model is missing
  /// @throws IOException if the file cannot be read
  public static GgufFile open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new GgufFile(arena, SplitModel.shards(path, arena));
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /// The path that was opened.
  public Path path() {
    return first.path();
  }

  /// The version of the container, 2 or 3.
  public int version() {
    return first.version();
  }

  public GgufMetadata metadata() {
    return first.metadata();
  }

  /// All tensors, in the order of the files.
  public List<GgufTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  public Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /// @throws GgufException if there is no such tensor
  public GgufTensor requireTensor(String name) throws GgufException {
    return tensor(name)
        .orElseThrow(() ->
            new GgufException(
                path(), "tensor " + name, "expected it, found no tensor of this name"));
  }

  @Override
  public void close() {
    arena.close();
  }
}
