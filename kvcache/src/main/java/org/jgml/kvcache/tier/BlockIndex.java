package org.jgml.kvcache.tier;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/// Where the blocks of a saved session are in their file, and what they are to be.
///
/// @param identity of the file
/// @param locations for each layer and block: the position in the file, in blocks, in the high 32
///   bits, and the checksum in the low ones
record BlockIndex(UUID identity, long[][] locations) {
  static long location(long position, int checksum) {
    return position << Integer.SIZE | Integer.toUnsignedLong(checksum);
  }

  static long position(long location) {
    return location >>> Integer.SIZE;
  }

  static int checksum(long location) {
    return (int) location;
  }

  /// Positions that the blocks take, counted from the start of the file.
  long positions() {
    long end = 0;
    for (long[] layer : locations) {
      for (long location : layer) {
        end = Math.max(end, position(location) + 1);
      }
    }
    return end;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(identity.getMostSignificantBits());
    out.writeLong(identity.getLeastSignificantBits());
    out.writeInt(locations.length);
    for (long[] layer : locations) {
      out.writeInt(layer.length);
      for (long location : layer) {
        out.writeLong(location);
      }
    }
  }

  static BlockIndex read(DataInput in) throws IOException {
    UUID identity = new UUID(in.readLong(), in.readLong());
    long[][] locations = new long[in.readInt()][];
    for (int layer = 0; layer < locations.length; layer++) {
      locations[layer] = new long[in.readInt()];
      for (int block = 0; block < locations[layer].length; block++) {
        locations[layer][block] = in.readLong();
      }
    }
    return new BlockIndex(identity, locations);
  }
}
