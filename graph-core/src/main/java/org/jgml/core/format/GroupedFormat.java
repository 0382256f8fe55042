package org.jgml.core.format;

import java.lang.foreign.MemorySegment;

/// A format whose elements are small integers times the scale of their group: `x = scale ·
/// integer`, in this one rounding of a float.
///
/// Kernels may take integers and scales apart and multiply with the scale once a group.
public interface GroupedFormat extends Format {
  /// Elements that share a scale; a divisor of the block.
  int groupElements();

  /// The scale of a group of the block that begins `block` bytes into `source`.
  float scale(MemorySegment source, long block, int group);

  /// Writes the integers of the block that begins `block` bytes into `source` as signed bytes, in
  /// the order of the elements.
  void integers(MemorySegment source, long block, MemorySegment target, long at);
}
