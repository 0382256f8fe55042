package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damages a sound file in thousands of ways: it must be read or refused, whatever it holds.
///
/// The system properties `gguf.mutation.seed` and `gguf.mutation.count` choose other ways.
final class MutationTest {
  private static final long SEED = Long.getLong("gguf.mutation.seed", 20260822);
  private static final int COUNT = Integer.getInteger("gguf.mutation.count", 5_000);

  /// The part of the file before the tensors' bytes, where damage shows.
  private static final int HEADER_BYTES = 2176;

  private static final long[] TELLING_VALUES = {
    0,
    1,
    -1,
    2,
    7,
    9,
    31,
    33,
    255,
    1 << 16,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    1L << 60,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -8,
    -32
  };

  @TempDir Path folder;

  @Test
  void readsOrRefusesEveryMutation() throws IOException {
    byte[] sound = Files.readAllBytes(BadFiles.path("valid.gguf"));
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      Path file = Files.write(folder.resolve("mutation.gguf"), mutate(sound, random));
      refused += isRefused(file, SEED + i) ? 1 : 0;
    }
    System.out.printf("%d mutations from seed %d: %d refused%n", COUNT, SEED, refused);
    assertTrue(refused > COUNT / 4, "the mutations damage hardly anything");
  }

  private static boolean isRefused(Path file, long seed) {
    try (GgufFile gguf = GgufFile.open(file)) {
      Contents.readEverything(gguf);
      return false;
    } catch (GgufException _) {
      return true;
    } catch (Exception | Error e) {
      throw new AssertionError("seed " + seed + " of " + MutationTest.class.getSimpleName(), e);
    }
  }

  private static byte[] mutate(byte[] sound, SplittableRandom random) {
    byte[] mutated = sound.clone();
    for (int steps = random.nextInt(1, 4); steps > 0; steps--) {
      mutated = mutateOnce(mutated, random);
    }
    return mutated;
  }

  private static byte[] mutateOnce(byte[] bytes, SplittableRandom random) {
    if (bytes.length < Long.BYTES) {
      return bytes;
    }
    int at = random.nextInt(Math.min(HEADER_BYTES, bytes.length - Long.BYTES + 1));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long value = TELLING_VALUES[random.nextInt(TELLING_VALUES.length)];
    switch (random.nextInt(7)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> buffer.putInt(at, (int) value);
      case 3 -> buffer.putLong(at, value);
      case 4 -> buffer.putLong(at, buffer.getLong(at) + random.nextInt(-40, 41));
      case 5 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      default -> {
        return insertOrRemove(bytes, at, random.nextInt(-16, 17));
      }
    }
    return bytes;
  }

  /// Repeats the bytes before a place, or removes those after it.
  private static byte[] insertOrRemove(byte[] bytes, int at, int count) {
    int resume = Math.clamp(at - count, 0, bytes.length);
    byte[] changed = Arrays.copyOf(bytes, at + bytes.length - resume);
    System.arraycopy(bytes, resume, changed, at, bytes.length - resume);
    return changed;
  }
}
