package org.jgml.cuda;

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
}
