package org.jgml.models.architecture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;

/// Matrices of experts that a file holds one by one, as those of the first Mixtrals do, as the one
/// tensor that graphs read: `blk.N.ffn_up_exps.weight` of `blk.N.ffn_up.0.weight` and so on.
record SeparateExperts(GgufFile file) {
  private static final String JOINED = "_exps.";
  // A cache line, more than any element type asks for.
  private static final long ALIGNMENT = 64;

  /// Whether the file has the parts of this tensor.
  boolean have(String name) {
    return file.tensor(part(name, 0)).isPresent();
  }

  /// The name of the tensor of one expert.
  String part(String name, int expert) {
    return name.replace(JOINED, ".%d.".formatted(expert));
  }

  /// The parts, copied one after the other; empty if there are none.
  Optional<MemorySegment> bytes(String name, SegmentAllocator allocator) {
    List<MemorySegment> parts =
        IntStream.iterate(0, i -> i + 1)
            .mapToObj(i -> file.tensor(part(name, i)))
            .takeWhile(Optional::isPresent)
            .map(Optional::orElseThrow)
            .map(GgufTensor::bytes)
            .toList();
    return parts.isEmpty() ? Optional.empty() : Optional.of(joined(parts, allocator));
  }

  private static MemorySegment joined(List<MemorySegment> parts, SegmentAllocator allocator) {
    long bytes = parts.stream().mapToLong(MemorySegment::byteSize).sum();
    MemorySegment all = allocator.allocate(bytes, ALIGNMENT);
    long offset = 0;
    for (MemorySegment part : parts) {
      MemorySegment.copy(part, 0, all, offset, part.byteSize());
      offset += part.byteSize();
    }
    return all;
  }
}
