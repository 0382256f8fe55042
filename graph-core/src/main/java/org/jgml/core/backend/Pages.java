package org.jgml.core.backend;

/// Pages of equal size to copy from host memory to a device.
///
/// @param bytes bytes of a page
/// @param from byte offset of each page in host memory
/// @param to byte offset of each page in the buffer
public record Pages(long bytes, long[] from, long[] to) {
  /// @throws IllegalArgumentException if the two lists differ in length
  public Pages {
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          "%d pages to copy from, %d to copy to".formatted(from.length, to.length));
    }
  }

  /// How many there are.
  public int count() {
    return from.length;
  }

  /// Byte offset in host memory of a page.
  public long from(int page) {
    return from[page];
  }

  /// Byte offset in the buffer of a page.
  public long to(int page) {
    return to[page];
  }
}
