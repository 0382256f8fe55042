package org.jgml.models.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jgml.core.tensor.Shape;

/// Writes a GGUF file of version 3: collects metadata and tensors, then writes them in one go.
///
/// Keys and tensors keep their order. Tensors begin at multiples of `general.alignment`, 32 if that
/// is not set. Their bytes are taken from the sources one after the other while the file is
/// written. The file appears under its name when it is complete; until then it has the suffix
/// `.part`. What the format cannot hold is refused with [IllegalArgumentException] when it is
/// added.
///
/// ```java
/// new GgufWriter()
///     .put("general.architecture", GgufValue.of("llama"))
///     .add("output_norm.weight", GgufType.F32, Shape.of(64), TensorSource.of(weights))
///     .write(path);
/// ```
public final class GgufWriter {
  /// ggml keeps names in 64 bytes, the last of which is zero.
  private static final int LONGEST_NAME = 63;

  private static final int HIGHEST_RANK = 4;

  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
  private final Map<String, Entry> tensors = new LinkedHashMap<>();

  private record Entry(GgufType type, Shape shape, TensorSource source) {
    long bytes() {
      return type.bytes(shape.elements());
    }
  }

  /// Sets the value of a key; one that it had before is replaced.
  public GgufWriter put(String key, GgufValue value) {
    require(!key.isEmpty(), "an empty key");
    require(
        !key.equals(Alignment.KEY) || Alignment.of(value).isPresent(),
        key + " must be a power of two as UINT32, not " + value);
    metadata.put(key, value);
    return this;
  }

  /// Adds a tensor after those added before.
  ///
  /// @param shape outermost axis first; the file gets it reversed
  public GgufWriter add(String name, GgufType type, Shape shape, TensorSource source) {
    String tensor = "tensor " + name + ": ";
    require(name.getBytes(UTF_8).length <= LONGEST_NAME, tensor + "a name of over 63 bytes");
    require(shape.rank() <= HIGHEST_RANK, tensor + "more than 4 axes in " + shape);
    require(shape.elements() > 0, tensor + "no elements in " + shape);
    require(
        shape.rowLength() % type.blockElements() == 0,
        tensor + "rows of " + shape + " are no whole number of blocks of " + type);
    require(!tensors.containsKey(name), tensor + "added twice");
    tensors.put(name, new Entry(type, shape, source));
    return this;
  }

  /// Writes the file, in place of one that exists.
  ///
  /// @throws IOException if it cannot be written, or a source gives more or fewer bytes than its
  ///   type and shape have
  public void write(Path path) throws IOException {
    Path partial = path.resolveSibling(path.getFileName() + ".part");
    try {
      try (GgufOutput output = GgufOutput.create(partial)) {
        writeTo(output);
      }
      Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void writeTo(GgufOutput output) throws IOException {
    output.write(UTF_8.encode(GgufParser.MAGIC));
    output.int32(GgufParser.NEWEST_VERSION);
    output.int64(tensors.size());
    output.int64(metadata.size());
    for (Map.Entry<String, GgufValue> entry : metadata.entrySet()) {
      output.string(entry.getKey());
      output.int32(entry.getValue().type().id());
      output.bytes(entry.getValue().bytes());
    }
    writeDeclarations(output);
    writeTensors(output);
  }

  private void writeDeclarations(GgufOutput output) throws IOException {
    long offset = 0;
    for (Map.Entry<String, Entry> entry : tensors.entrySet()) {
      Entry tensor = entry.getValue();
      output.string(entry.getKey());
      output.int32(tensor.shape.rank());
      for (int axis = tensor.shape.rank() - 1; axis >= 0; axis--) {
        output.int64(tensor.shape.dim(axis));
      }
      output.int32(tensor.type.id());
      output.int64(offset);
      offset = alignment().align(offset + tensor.bytes());
    }
  }

  private void writeTensors(GgufOutput output) throws IOException {
    for (Map.Entry<String, Entry> entry : tensors.entrySet()) {
      output.pad(alignment());
      long start = output.position();
      entry.getValue().source.writeTo(output);
      long written = output.position() - start;
      if (written != entry.getValue().bytes()) {
        String problem = "tensor %s: expected %d bytes, its source gave %d";
        throw new IOException(problem.formatted(entry.getKey(), entry.getValue().bytes(), written));
      }
    }
    if (!tensors.isEmpty()) {
      output.pad(alignment());
    }
  }

  private Alignment alignment() {
    GgufValue value = metadata.get(Alignment.KEY);
    return value == null ? Alignment.DEFAULT : Alignment.of(value).orElseThrow();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
