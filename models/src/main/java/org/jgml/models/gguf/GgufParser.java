package org.jgml.models.gguf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// Reads one mapped file, once, from front to end; the bytes of the tensors are not touched.
///
/// Format: ggml's `docs/gguf.md`.
final class GgufParser {
  static final String MAGIC = "GGUF";
  static final int NEWEST_VERSION = 3;

  private static final int OLDEST_VERSION = 2;

  private final GgufCursor cursor;

  GgufParser(Path file, MemorySegment bytes) {
    this.cursor = new GgufCursor(file, bytes);
  }

  GgufShard shard() throws GgufException {
    requireMagic();
    int version = version();
    TensorParser tensors = new TensorParser(cursor);
    long tensorCount = tensors.count();
    GgufMetadata metadata = new MetadataParser(cursor).metadata();
    return new GgufShard(
        cursor.file(), version, metadata, tensors.tensors(tensorCount, alignment(metadata)));
  }

  private void requireMagic() throws GgufException {
    if (cursor.remaining() == 0) {
      throw cursor.malformed(0, "magic", "expected GGUF, found an empty file");
    }
    byte[] found = cursor.take(MAGIC.length(), "magic").toArray(LittleEndian.BYTE);
    String text = new String(found, ISO_8859_1);
    if (!text.equals(MAGIC)) {
      String advice = ForeignFormat.of(text).advice();
      throw cursor.malformed(0, "magic", "expected GGUF, found " + text + ". " + advice);
    }
  }

  private int version() throws GgufException {
    long start = cursor.position();
    int version = cursor.int32("version");
    if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
      String found = Integer.toUnsignedString(version);
      throw cursor.malformed(
          start, "version", "expected 2 or 3, found " + found + ". " + advice(version));
    }
    return version;
  }

  private static String advice(int version) {
    if (Integer.reverseBytes(version) == NEWEST_VERSION) {
      return "This is a big-endian file: convert it to little-endian";
    }
    return version == 0 || version == 1
        ? "This file is too old: convert the original model again"
        : "The file is damaged, or made by a newer program";
  }

  private static Alignment alignment(GgufMetadata metadata) throws GgufException {
    Optional<GgufValue> value = metadata.value(Alignment.KEY);
    return value.isEmpty()
        ? Alignment.DEFAULT
        : value
            .flatMap(Alignment::of)
            .orElseThrow(() -> metadata.malformed(Alignment.KEY, "a power of two as UINT32"));
  }
}
