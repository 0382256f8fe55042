package org.jgml.models.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Optional;

/// A file mapped into memory, as kernels want to see it.
///
/// Mapped segments are of another class than allocated ones. Where both meet in the accessors of
/// the JDK, compiled kernels test the class at every access, which halves the speed of decoding. So
/// the bytes are shown through a segment of the common class, if this module has native access.
public final class MappedFile {
  private MappedFile() {}

  /// The bytes of a file, read-only, until the arena closes.
  static MemorySegment map(Path path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return hasNativeAccess() ? withCommonClass(mapped, arena) : mapped;
    }
  }

  @SuppressWarnings("restricted")
  private static MemorySegment withCommonClass(MemorySegment mapped, Arena arena) {
    return MemorySegment.ofAddress(mapped.address())
        .reinterpret(mapped.byteSize(), arena, null)
        .asReadOnly();
  }

  private static boolean hasNativeAccess() {
    return MappedFile.class.getModule().isNativeAccessEnabled();
  }

  /// What is slow because native access is off, and the remedy; empty if it is on.
  public static Optional<String> remark() {
    if (hasNativeAccess()) {
      return Optional.empty();
    }
    Module module = MappedFile.class.getModule();
    return Optional.of(
        "weights are read at about half speed: native access is off. Fix: start Java with"
            + " --enable-native-access="
            + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
            + ", or use the jgml launcher");
  }
}
