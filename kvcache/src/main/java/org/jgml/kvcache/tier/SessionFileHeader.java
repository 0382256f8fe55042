package org.jgml.kvcache.tier;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.jgml.kvcache.tier.CacheException.Kind;

/// The first bytes of a saved session, in the byte order of the machine.
///
/// | byte | |
/// |---|---|
/// | 0 | `JGMLSESS` |
/// | 8 | version |
/// | 12 | 0x01020304, by which the byte order is known |
/// | 16, 24 | where the table of contents begins, and its bytes; it ends the file |
/// | 32 | CRC-32C of the table of contents |
/// | 60 | CRC-32C of all before |
///
/// @param contentsStart byte where the table of contents begins
/// @param contentsBytes its length
record SessionFileHeader(long contentsStart, long contentsBytes, int contentsChecksum) {
  static final int BYTES = 64;

  private static final int VERSION = 1;
  private static final int ORDER = 0x01020304;
  private static final byte[] MAGIC = {'J', 'G', 'M', 'L', 'S', 'E', 'S', 'S'};
  private static final int CHECKSUM_AT = 60;

  byte[] encoded() {
    byte[] header = Arrays.copyOf(MAGIC, BYTES);
    MemorySegment bytes = MemorySegment.ofArray(header);
    bytes.set(JAVA_INT_UNALIGNED, 8, VERSION);
    bytes.set(JAVA_INT_UNALIGNED, 12, ORDER);
    bytes.set(JAVA_LONG_UNALIGNED, 16, contentsStart);
    bytes.set(JAVA_LONG_UNALIGNED, 24, contentsBytes);
    bytes.set(JAVA_INT_UNALIGNED, 32, contentsChecksum);
    bytes.set(JAVA_INT_UNALIGNED, CHECKSUM_AT, Checksum.of(bytes.asSlice(0, CHECKSUM_AT)));
    return header;
  }

  /// @throws CacheException if the file is of another kind, version or byte order, or not whole
  static SessionFileHeader read(BlockFile file, Path path) throws IOException {
    long size = file.size();
    if (size < BYTES) {
      throw foreign(path, "has %,d bytes, too few for a saved session".formatted(size));
    }
    if (!hasMagic(file)) {
      throw foreign(path, "is not a saved session");
    }
    MemorySegment bytes = MemorySegment.ofArray(new byte[BYTES]);
    file.read(0, bytes);
    if (bytes.get(JAVA_INT_UNALIGNED, 12) == Integer.reverseBytes(ORDER)) {
      throw foreign(path, "was saved on a machine that is not " + ByteOrder.nativeOrder());
    }
    if (bytes.get(JAVA_INT_UNALIGNED, CHECKSUM_AT) != Checksum.of(bytes.asSlice(0, CHECKSUM_AT))) {
      throw damaged(path, "the checksum of its header is wrong");
    }
    int version = bytes.get(JAVA_INT_UNALIGNED, 8);
    if (version != VERSION) {
      throw foreign(
          path, "is of version %d, this program reads version %d".formatted(version, VERSION));
    }
    SessionFileHeader header =
        new SessionFileHeader(
            bytes.get(JAVA_LONG_UNALIGNED, 16),
            bytes.get(JAVA_LONG_UNALIGNED, 24),
            bytes.get(JAVA_INT_UNALIGNED, 32));
    long whole = header.contentsStart + header.contentsBytes;
    if (whole != size) {
      throw damaged(path, "has %,d bytes, it was saved with %,d".formatted(size, whole));
    }
    return header;
  }

  /// Whether a file begins as saved sessions do.
  static boolean hasMagic(BlockFile file) throws IOException {
    byte[] start = new byte[MAGIC.length];
    if (file.size() < start.length) {
      return false;
    }
    file.read(0, MemorySegment.ofArray(start));
    return Arrays.equals(start, MAGIC);
  }

  static CacheException damaged(Path path, String problem) {
    return CacheException.ofFile(Kind.DAMAGED, path, problem, "read the text again", null);
  }

  private static CacheException foreign(Path path, String problem) {
    return CacheException.ofFile(Kind.FOREIGN, path, problem, "name another file", null);
  }
}
