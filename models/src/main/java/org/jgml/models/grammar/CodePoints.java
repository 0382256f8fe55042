package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A set of characters: what one place of a text may be.
///
/// @param ranges ascending, neither touching nor overlapping
record CodePoints(List<Range> ranges) {
  /// All characters; surrogates are none.
  static final CodePoints ALL =
      of(
          new Range(0, Character.MIN_SURROGATE - 1),
          new Range(Character.MAX_SURROGATE + 1, Character.MAX_CODE_POINT));

  /// The characters from `first` to `last`, both included.
  record Range(int first, int last) {}

  /// The union of ranges in any order.
  static CodePoints of(Range... ranges) {
    List<Range> merged = new ArrayList<>();
    List<Range> ascending = new ArrayList<>(List.of(ranges));
    ascending.sort(Comparator.comparingInt(Range::first));
    for (Range range : ascending) {
      if (merged.isEmpty() || range.first() > merged.getLast().last() + 1) {
        merged.add(range);
      } else {
        Range before = merged.removeLast();
        merged.add(new Range(before.first(), Math.max(before.last(), range.last())));
      }
    }
    return new CodePoints(List.copyOf(merged));
  }

  static CodePoints of(int codePoint) {
    return of(new Range(codePoint, codePoint));
  }

  /// All characters but these.
  CodePoints negate() {
    List<Range> others = new ArrayList<>();
    for (Range all : ALL.ranges) {
      int next = all.first();
      for (Range range : ranges) {
        if (range.last() >= next && range.first() <= all.last()) {
          if (range.first() > next) {
            others.add(new Range(next, range.first() - 1));
          }
          next = range.last() + 1;
        }
      }
      if (next <= all.last()) {
        others.add(new Range(next, all.last()));
      }
    }
    return new CodePoints(List.copyOf(others));
  }

  boolean contains(int codePoint) {
    return intersects(codePoint, codePoint);
  }

  /// Whether any character from `first` to `last` is in the set.
  boolean intersects(int first, int last) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = ranges.get(middle);
      if (range.last() < first) {
        low = middle + 1;
      } else if (range.first() > last) {
        high = middle - 1;
      } else {
        return true;
      }
    }
    return false;
  }
}
