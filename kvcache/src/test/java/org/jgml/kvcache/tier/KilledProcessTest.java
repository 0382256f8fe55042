package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed while it writes blocks and saves its session again and again leaves a
/// session that is whole: the last one that it saved, or the one before.
final class KilledProcessTest {
  private static final CacheShape SHAPE = new CacheShape(2, 4000, Map.of("model", "tiny"));
  private static final int KILLS = 4;
  private static final int HALTED = 42;

  @TempDir private Path directory;

  @Test
  void aKilledProcessLeavesASessionThatIsWhole() throws IOException, InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      String tier = kill % 2 == 0 ? "file" : "memory";
      Path log = directory.resolve("log");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  classPath(),
                  Saving.class.getName(),
                  directory.toString(),
                  tier,
                  Integer.toString(random.nextInt(150)))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      int status = process.waitFor();
      String run = "seed " + seed + ", " + tier;
      assertEquals(HALTED, status, () -> run + ": " + text(log));
      check(run);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
        .replace(' ', File.pathSeparatorChar);
  }

  private void check(String run) {
    try (SavedSession session = SavedSession.open(directory.resolve("session"))) {
      session.require(SHAPE);
      int count = session.ints("count")[0];
      assertTrue(count > 0, run);
      try (BlockStore store = session.openBlocks()) {
        for (int layer = 0; layer < 2; layer++) {
          assertEquals(count, store.count(layer), run);
          for (int block = 0; block < count; block++) {
            Blocks.checkStored(store, layer, block);
          }
        }
      }
    }
  }

  /// The process that is killed.
  static final class Saving {
    private Saving() {}

    /// @param arguments directory, `file` or `memory`, and milliseconds to live after the first
    ///   save
    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      Path cache = directory.resolve("cache");
      Files.deleteIfExists(cache);
      try (BlockStore store =
          arguments[1].equals("file")
              ? FileBlockStore.create(cache, SHAPE)
              : new MemoryBlockStore(2, SHAPE.blockBytes(), 1 << 28)) {
        for (int count = 1; ; count++) {
          Blocks.append(store, 0);
          Blocks.append(store, 1);
          save(directory.resolve("session"), store, count);
          if (count == 1) {
            int lifetime = Integer.parseInt(arguments[2]);
            Thread.ofPlatform().start(() -> haltAfter(lifetime));
          }
        }
      }
    }

    private static void save(Path path, BlockStore store, int count) {
      try (SessionWriter writer = SessionWriter.create(path, SHAPE)) {
        writer.ints("count", count);
        writer.blocks(store);
        writer.commit();
      }
    }

    private static void haltAfter(int millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      Runtime.getRuntime().halt(HALTED);
    }
  }
}
