package org.jgml.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;

/// Refuses, before anything is loaded, what the free memory cannot hold.
public final class MemoryCheck {
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final List<DataType> CACHE_TYPES =
      List.of(DataType.F16, DataType.Q8_0, DataType.Q4_0);
  private static final List<DataType> WEIGHT_TYPES =
      List.of(
          DataType.Q8_0, DataType.Q6_K, DataType.Q5_K, DataType.Q4_K, DataType.Q3_K, DataType.Q2_K);

  /// Contexts are proposed in multiples of this; a shorter one is of no use.
  private static final int CONTEXT_STEP = 256;

  private static final double GIBIBYTE = 1 << 30;
  private static final double MEBIBYTE = 1 << 20;

  private MemoryCheck() {}

  /// What programs can take without making the system swap; empty where it does not tell. Pages of
  /// mapped files count as free.
  public static OptionalLong freeBytes() {
    try (Stream<String> lines = Files.lines(MEMORY)) {
      return lines
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException _) {
      return OptionalLong.empty();
    }
  }

  /// @throws InsufficientMemoryException if it does not fit, with what would
  public static void require(MemoryNeed need, long freeBytes) {
    if (need.totalBytes() <= freeBytes) {
      return;
    }
    SessionOptions session = need.session();
    throw new InsufficientMemoryException(
        "not enough memory: %s needed (weights %s, cache %s for -c %d as %s, %sscratch %s), %s free. Fix: %s"
            .formatted(
                text(need.totalBytes()),
                text(need.weightBytes()),
                text(need.cacheBytes()),
                session.contextLength(),
                cacheTypes(session),
                recurrent(need),
                text(need.scratchBytes()),
                text(freeBytes),
                remedies(need, freeBytes)));
  }

  private static String recurrent(MemoryNeed need) {
    long bytes = need.recurrentBytes();
    return bytes == 0 ? "" : "states of recurrent layers %s, ".formatted(text(bytes));
  }

  private static String cacheTypes(SessionOptions session) {
    return session.keyType() == session.valueType()
        ? session.keyType().name()
        : session.keyType() + " and " + session.valueType();
  }

  private static String remedies(MemoryNeed need, long freeBytes) {
    List<String> remedies = new ArrayList<>();
    longestContext(need, freeBytes).ifPresent(tokens -> remedies.add("-c " + tokens));
    cacheType(need, freeBytes)
        .ifPresent(type -> remedies.add("--kv-type " + type.name().toLowerCase(Locale.ROOT)));
    weightType(need, freeBytes).ifPresent(type -> remedies.add("a " + type + " file of the model"));
    if (remedies.isEmpty()) {
      remedies.add("a smaller model");
    }
    return String.join(", or ", remedies) + "; --no-memory-check tries nevertheless";
  }

  private static OptionalInt longestContext(MemoryNeed need, long freeBytes) {
    if (need.cacheBytes() == 0 || !need.session().cacheKind().growsWithText()) {
      return OptionalInt.empty();
    }
    long room = freeBytes - need.weightBytes() - need.recurrentBytes() - need.scratchBytes();
    long tokenBytes = need.withContextLength(1).cacheBytes();
    long tokens = Math.min(room / tokenBytes, need.session().contextLength());
    long steps = tokens / CONTEXT_STEP;
    return steps < 1 ? OptionalInt.empty() : OptionalInt.of((int) steps * CONTEXT_STEP);
  }

  private static Optional<DataType> cacheType(MemoryNeed need, long freeBytes) {
    return need.cacheBytes() == 0 ? Optional.empty() : smallerCacheType(need, freeBytes);
  }

  private static Optional<DataType> smallerCacheType(MemoryNeed need, long freeBytes) {
    return CACHE_TYPES.stream()
        .filter(type -> need.model().heads().keySize() % type.blockElements() == 0)
        .filter(type -> need.model().heads().valueSize() % type.blockElements() == 0)
        .filter(type -> need.withCacheType(type).totalBytes() <= freeBytes)
        .findFirst();
  }

  private static Optional<DataType> weightType(MemoryNeed need, long freeBytes) {
    return WEIGHT_TYPES.stream()
        .filter(type -> need.withWeightType(type).totalBytes() <= freeBytes)
        .findFirst();
  }

  private static String text(long bytes) {
    return bytes >= GIBIBYTE
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / GIBIBYTE)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
  }
}
