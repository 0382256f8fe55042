package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// CRC-32C (RFC 3720, appendix B.4), for which processors have an instruction.
final class Checksum {
  private Checksum() {}

  static int of(MemorySegment bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asByteBuffer());
    return (int) crc.getValue();
  }
}
