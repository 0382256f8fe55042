package org.jgml.cuda;

import jcuda.Pointer;
import jcuda.driver.CUDA_MEMCPY2D;
import jcuda.driver.CUmemorytype;
import org.jgml.core.backend.Pages;

/// Pages that follow each other at equal distances, in host memory and on the device: one copy of
/// two dimensions.
///
/// @param first the first page
/// @param count how many there are
/// @param fromPitch bytes from the beginning of a page in host memory to that of the next
/// @param toPitch the same on the device
record PageRun(int first, int count, long fromPitch, long toPitch) {
  /// More than every driver takes.
  private static final long PITCH_LIMIT = Integer.MAX_VALUE;

  /// The longest run that begins with a page.
  static PageRun at(Pages pages, int first) {
    if (first + 1 == pages.count()) {
      return new PageRun(first, 1, pages.bytes(), pages.bytes());
    }
    long from = pages.from(first + 1) - pages.from(first);
    long to = pages.to(first + 1) - pages.to(first);
    if (!isPitch(from, pages) || !isPitch(to, pages)) {
      return new PageRun(first, 1, pages.bytes(), pages.bytes());
    }
    int end = first + 2;
    while (end < pages.count()
        && pages.from(end) - pages.from(end - 1) == from
        && pages.to(end) - pages.to(end - 1) == to) {
      end++;
    }
    return new PageRun(first, end - first, from, to);
  }

  private static boolean isPitch(long distance, Pages pages) {
    return distance >= pages.bytes() && distance < PITCH_LIMIT;
  }

  /// Whether nothing lies between the pages, on neither side.
  boolean isDense(long bytes) {
    return fromPitch == bytes && toPitch == bytes;
  }

  /// The copy of all of them.
  ///
  /// @param from the first page in host memory
  /// @param to the first page on the device
  /// @param bytes of a page
  CUDA_MEMCPY2D copy(Pointer from, Address to, long bytes) {
    CUDA_MEMCPY2D copy = new CUDA_MEMCPY2D();
    copy.srcMemoryType = CUmemorytype.CU_MEMORYTYPE_HOST;
    copy.srcHost = from;
    copy.srcPitch = fromPitch;
    copy.dstMemoryType = CUmemorytype.CU_MEMORYTYPE_DEVICE;
    copy.dstDevice = to;
    copy.dstPitch = toPitch;
    copy.WidthInBytes = bytes;
    copy.Height = count;
    return copy;
  }
}
