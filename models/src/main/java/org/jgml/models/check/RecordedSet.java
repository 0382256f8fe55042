package org.jgml.models.check;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// Recorded cases of one file: `SET.json`, which describes them, and the bytes in `SET.bin`.
final class RecordedSet {
  private static final String SUFFIX = ".json";

  private final Path file;
  private final MemorySegment bytes;

  private RecordedSet(Path file) throws IOException {
    this.file = file;
    String name = file.getFileName().toString();
    Path data = file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + ".bin");
    this.bytes = MemorySegment.ofArray(Files.readAllBytes(data));
  }

  /// The files of a folder that describe sets, in order of name.
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /// The cases of a file.
  static List<RecordedCase> read(Path file) throws IOException {
    return new RecordedSet(file).cases();
  }

  private List<RecordedCase> cases() throws IOException {
    try {
      Map<String, Object> root = JSON.std.mapFrom(Files.readString(file));
      return new JsonObject(root).objects("cases").stream().map(this::readCase).toList();
    } catch (JacksonException e) {
      throw new IOException(file + ": no JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private RecordedCase readCase(JsonObject json) {
    return new RecordedCase(
        json.string("id"),
        json.string("op"),
        json.object("params"),
        ComparisonRule.named(json.string("compare")),
        json.objects("inputs").stream().map(this::tensor).toList(),
        tensor(json.object("output")),
        json.find("ref64").map(exact -> exact(exact, json.number("peer_nmse_vs_ref64"))));
  }

  private RecordedTensor tensor(JsonObject json) {
    return new RecordedTensor(
        json.string("name"),
        json.string("type"),
        json.integers("ne"),
        json.integers("nb"),
        json.has("view_offset") ? json.integer("view_offset") : 0,
        bytes(json));
  }

  private RecordedCase.ExactResult exact(JsonObject json, double recordedError) {
    MemorySegment source = bytes(json);
    float[] values = new float[(int) (source.byteSize() / Float.BYTES)];
    Format.of(DataType.F32).dequantise(source, 0, values, 0, values.length);
    return new RecordedCase.ExactResult(values, recordedError);
  }

  private MemorySegment bytes(JsonObject json) {
    return bytes.asSlice(json.integer("offset"), json.integer("size"));
  }
}
