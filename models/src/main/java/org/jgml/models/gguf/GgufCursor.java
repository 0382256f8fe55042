package org.jgml.models.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A position in a file that moves over its fields; no step leads past the end.
///
/// Each method is told what it reads, to name it if it is not there. A length or count is compared
/// with the bytes that are left before it is used for anything.
final class GgufCursor {
  /// What to ask when a file ends too early.
  static final String TRUNCATED = "An interrupted download?";

  private final Path file;
  private final MemorySegment bytes;
  private long position;

  GgufCursor(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  Path file() {
    return file;
  }

  long fileBytes() {
    return bytes.byteSize();
  }

  long position() {
    return position;
  }

  long remaining() {
    return fileBytes() - position;
  }

  int int32(String what) throws GgufException {
    return bytes.get(LittleEndian.INT, skip(Integer.BYTES, what));
  }

  long int64(String what) throws GgufException {
    return bytes.get(LittleEndian.LONG, skip(Long.BYTES, what));
  }

  /// A number of things, at most `most`, each of at least `smallest` bytes.
  long count(String what, long most, long smallest) throws GgufException {
    long start = position;
    long count = int64(what);
    if (count < 0 || count > most) {
      throw malformed(
          start, what, "expected at most " + most + ", found " + Long.toUnsignedString(count));
    }
    if (count > remaining() / smallest) {
      String problem = "expected at most %d in the remaining %d bytes, found %d. " + TRUNCATED;
      throw malformed(start, what, problem.formatted(remaining() / smallest, remaining(), count));
    }
    return count;
  }

  /// Text preceded by its length; bytes that are not UTF-8 become replacement characters.
  String string(String what, long mostBytes) throws GgufException {
    long length = count("length of " + what, mostBytes, 1);
    return new String(take(length, what).toArray(LittleEndian.BYTE), UTF_8);
  }

  /// The next bytes.
  MemorySegment take(long length, String what) throws GgufException {
    return slice(skip(length, what), length);
  }

  /// Moves over the next bytes and returns where they began.
  long skip(long length, String what) throws GgufException {
    if (length > remaining()) {
      String problem = "expected %d bytes, found the end of the file after %d. " + TRUNCATED;
      throw malformed(position, what, problem.formatted(length, remaining()));
    }
    position += length;
    return position - length;
  }

  /// Bytes at a known place, wherever the cursor is.
  MemorySegment slice(long offset, long length) {
    return bytes.asSlice(offset, length);
  }

  /// The exception for a fault of the field that begins `at` bytes into the file.
  GgufException malformed(long at, String what, String problem) {
    return new GgufException(file, "byte " + at + ", " + what, problem);
  }
}
