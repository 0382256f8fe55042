package org.jgml.kvcache.tier;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jgml.kvcache.tier.CacheException.Kind;

/// The first page of a file of blocks.
///
/// | byte | |
/// |---|---|
/// | 0 | `JGMLBLKS` |
/// | 8 | version, byte order, identity, shape, as [DataOutputStream] writes them |
/// | 4088 | CRC-32C of all before, likewise |
/// | 4092 | 1 if a saved session needs the file |
///
/// Blocks follow, one after another, in the byte order of the machine.
record BlockFileHeader(UUID identity, CacheShape shape) {
  static final int BYTES = 4096;

  private static final int VERSION = 1;
  private static final byte[] MAGIC = {'J', 'G', 'M', 'L', 'B', 'L', 'K', 'S'};
  private static final int CHECKSUM_AT = 4088;
  private static final int KEPT_AT = 4092;
  private static final ValueLayout.OfInt CHECKSUM =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /// Writes the header of a file that no saved session needs.
  void write(BlockFile file) throws IOException {
    byte[] encoded = encoded();
    if (encoded.length > CHECKSUM_AT) {
      throw new IllegalArgumentException(
          "block file: a description of %,d bytes, there is room for %,d"
              .formatted(encoded.length, CHECKSUM_AT));
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment page = arena.allocate(BYTES);
      MemorySegment.copy(encoded, 0, page, ValueLayout.JAVA_BYTE, 0, encoded.length);
      int checksum = Checksum.of(page.asSlice(0, CHECKSUM_AT));
      page.set(CHECKSUM, CHECKSUM_AT, checksum);
      file.write(0, page);
    }
  }

  private byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(MAGIC);
      out.writeInt(VERSION);
      out.writeUTF(ByteOrder.nativeOrder().toString());
      out.writeLong(identity.getMostSignificantBits());
      out.writeLong(identity.getLeastSignificantBits());
      writeShape(out, shape);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static void writeShape(DataOutputStream out, CacheShape shape) throws IOException {
    out.writeInt(shape.layers());
    out.writeLong(shape.blockBytes());
    out.writeInt(shape.facts().size());
    for (Map.Entry<String, String> fact : new TreeMap<>(shape.facts()).entrySet()) {
      out.writeUTF(fact.getKey());
      out.writeUTF(fact.getValue());
    }
  }

  static CacheShape readShape(DataInputStream in) throws IOException {
    int layers = in.readInt();
    long blockBytes = in.readLong();
    Map<String, String> facts = new TreeMap<>();
    for (int i = in.readInt(); i > 0; i--) {
      facts.put(in.readUTF(), in.readUTF());
    }
    return new CacheShape(layers, blockBytes, facts);
  }

  /// Notes whether a saved session needs the file.
  static void keep(BlockFile file, boolean isNeeded) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      file.write(KEPT_AT, arena.allocateFrom(ValueLayout.JAVA_INT, isNeeded ? 1 : 0));
    }
  }

  /// Whether a file that has a good header is needed by a saved session.
  static boolean isKept(BlockFile file) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment mark = arena.allocate(ValueLayout.JAVA_INT);
      file.read(KEPT_AT, mark);
      return mark.get(ValueLayout.JAVA_INT, 0) != 0;
    }
  }

  /// Reads and checks the header of a file.
  ///
  /// @throws CacheException if the file is of another kind, version or byte order, or damaged
  static BlockFileHeader read(BlockFile file, Path path) throws IOException {
    byte[] page = page(file, path);
    if (!Arrays.equals(page, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw foreign(path, "is not a file of cache blocks");
    }
    MemorySegment bytes = MemorySegment.ofArray(page);
    int checksum = bytes.get(CHECKSUM, CHECKSUM_AT);
    if (checksum != Checksum.of(bytes.asSlice(0, CHECKSUM_AT))) {
      throw CacheException.ofFile(
          Kind.DAMAGED, path, "the checksum of its header is wrong", "read the text again", null);
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(page))) {
      in.skipNBytes(MAGIC.length);
      int version = in.readInt();
      String order = in.readUTF();
      if (version != VERSION || !order.equals(ByteOrder.nativeOrder().toString())) {
        throw foreign(
            path,
            "is of version %d and %s, this program reads version %d and this machine %s"
                .formatted(version, order, VERSION, ByteOrder.nativeOrder()));
      }
      UUID identity = new UUID(in.readLong(), in.readLong());
      return new BlockFileHeader(identity, readShape(in));
    }
  }

  private static byte[] page(BlockFile file, Path path) throws IOException {
    byte[] page = new byte[BYTES];
    try {
      file.read(0, MemorySegment.ofArray(page));
      return page;
    } catch (EOFException e) {
      throw CacheException.ofFile(
          Kind.FOREIGN,
          path,
          "has %,d bytes, too few for a file of cache blocks".formatted(file.size()),
          "name another file",
          e);
    }
  }

  private static CacheException foreign(Path path, String problem) {
    return CacheException.ofFile(Kind.FOREIGN, path, problem, "name another file", null);
  }
}
