package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jgml.kvcache.tier.CacheException.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileBlockStoreTest {
  private static final CacheShape SHAPE = new CacheShape(3, 100, Map.of("model", "tiny"));

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void setPath() {
    path = directory.resolve("cache");
  }

  private static void appendToAll(BlockStore store, int blocks) {
    for (int i = 0; i < blocks * store.layers(); i++) {
      Blocks.append(store, i % store.layers());
    }
  }

  private static void checkAll(BlockStore store) {
    for (int layer = 0; layer < store.layers(); layer++) {
      for (int block = 0; block < store.count(layer); block++) {
        Blocks.checkStored(store, layer, block);
      }
    }
  }

  @Test
  void blocksAreReadFromTheFileAndFromTheQueueBeforeThatBitForBit() {
    AtomicReference<FaultyFile> disk = new AtomicReference<>();
    try (BlockStore store = onDisk(disk, Long.MAX_VALUE)) {
      disk.get().hangingWrites = new CountDownLatch(1);
      appendToAll(store, 50);
      checkAll(store);
      assertEquals(0, store.counters().readFromFile());
      disk.get().hangingWrites.countDown();
      store.flush();
      checkAll(store);
      assertEquals(15_000, store.counters().readFromFile());
      assertEquals(15_000, store.counters().writtenToFile());
      assertEquals(150, store.counters().blocks());
    }
  }

  private FileBlockStore onDisk(AtomicReference<FaultyFile> disk, long capacity) {
    return FileBlockStore.create(
        path,
        SHAPE,
        file -> {
          disk.set(new FaultyFile(file, capacity));
          return disk.get();
        });
  }

  @Test
  void aFullDiskIsOneErrorAndWhatWasKeptIsStillGood() {
    AtomicReference<FaultyFile> disk = new AtomicReference<>();
    try (BlockStore store = onDisk(disk, 4096 + 50 * 100 + 30)) {
      CacheException error =
          assertThrows(
              CacheException.class,
              () -> {
                appendToAll(store, 20);
                store.flush();
              });
      assertTrue(error.getMessage().contains("of 100 bytes could not be written after 50 blocks"));
      assertTrue(error.getMessage().contains("No space left on device"), error::getMessage);
      assertFalse(error.getMessage().contains("\n"));
      assertThrows(CacheException.class, () -> Blocks.append(store, 0));
      checkAll(store);
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void aStoreThatIsClearedAfterTheDiskWasFullTakesBlocksAgain() {
    AtomicReference<FaultyFile> disk = new AtomicReference<>();
    try (BlockStore store = onDisk(disk, 4096 + 50 * 100 + 30)) {
      disk.get().hangingWrites = new CountDownLatch(1);
      appendToAll(store, 20);
      disk.get().hangingWrites.countDown();
      assertThrows(CacheException.class, store::flush);
      store.clear();
      appendToAll(store, 5);
      store.flush();
      checkAll(store);
      assertEquals(6_500, store.counters().writtenToFile());
    }
  }

  @Test
  void theFileVanishesWithTheStore() {
    try (BlockStore store = FileBlockStore.create(path, SHAPE)) {
      appendToAll(store, 5);
      assertTrue(Files.exists(path));
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void oneFileHasOneUser() {
    try (BlockStore store = FileBlockStore.create(path, SHAPE)) {
      appendToAll(store, 5);
      CacheException error =
          assertThrows(CacheException.class, () -> FileBlockStore.create(path, SHAPE));
      assertEquals(Kind.NOT_AVAILABLE, error.kind());
      store.flush();
      checkAll(store);
    }
  }

  @Test
  void whatAKilledProcessLeftIsOverwrittenAndNothingElseIs() throws IOException {
    byte[] left;
    try (BlockStore store = FileBlockStore.create(path, SHAPE)) {
      appendToAll(store, 5);
      store.flush();
      left = Files.readAllBytes(path);
    }
    Files.write(path, left);
    try (BlockStore store = FileBlockStore.create(path, SHAPE)) {
      assertEquals(0, store.count(0));
      appendToAll(store, 1);
      checkAll(store);
    }
    byte[] letter = "dear reader".repeat(1000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(path, letter);
    CacheException error =
        assertThrows(CacheException.class, () -> FileBlockStore.create(path, SHAPE));
    assertEquals(Kind.NOT_AVAILABLE, error.kind());
    assertArrayEquals(letter, Files.readAllBytes(path));
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    Path nowhere = directory.resolve("nowhere").resolve("cache");
    CacheException error =
        assertThrows(CacheException.class, () -> FileBlockStore.create(nowhere, SHAPE));
    assertEquals(Kind.FILE_ERROR, error.kind());
    assertTrue(error.getMessage().contains(nowhere.toString()), error::getMessage);
  }

  @Test
  void aDiskThatCannotBeReadIsOneErrorAndTheNextReadMayWork() {
    AtomicReference<FaultyFile> disk = new AtomicReference<>();
    try (BlockStore store = onDisk(disk, Long.MAX_VALUE)) {
      appendToAll(store, 5);
      store.flush();
      disk.get().failsReads = true;
      CacheException error =
          assertThrows(CacheException.class, () -> Blocks.checkStored(store, 1, 2));
      assertEquals(Kind.FILE_ERROR, error.kind());
      assertTrue(error.getMessage().contains("block 2 of layer 1 at byte"), error::getMessage);
      disk.get().failsReads = false;
      checkAll(store);
    }
  }

  @Test
  void aFileThatIsCutOrChangedWhileItIsOpenIsNoticed() throws IOException {
    try (BlockStore store = FileBlockStore.create(path, SHAPE)) {
      appendToAll(store, 5);
      store.flush();
      byte[] bytes = Files.readAllBytes(path);
      bytes[4096 + 4 * 100 + 99] ^= 4;
      Files.write(path, bytes);
      CacheException changed =
          assertThrows(CacheException.class, () -> Blocks.checkStored(store, 1, 1));
      assertEquals(Kind.DAMAGED, changed.kind());
      Blocks.checkStored(store, 0, 1);
      Files.write(path, java.util.Arrays.copyOf(bytes, 4096 + 3 * 100 + 50));
      CacheException cut =
          assertThrows(CacheException.class, () -> Blocks.checkStored(store, 0, 1));
      assertEquals(Kind.DAMAGED, cut.kind());
      assertTrue(cut.getMessage().contains("truncated"), cut::getMessage);
      Blocks.checkStored(store, 2, 0);
    }
  }

  @Test
  void anInterruptEndsNoFile() {
    try (BlockStore store = FileBlockStore.create(path, SHAPE)) {
      appendToAll(store, 5);
      store.flush();
      Thread.currentThread().interrupt();
      checkAll(store);
      assertTrue(Thread.interrupted());
      appendToAll(store, 5);
      store.flush();
      checkAll(store);
    }
  }

  @Test
  void aFullQueueMakesAppendWait() throws InterruptedException {
    AtomicReference<FaultyFile> disk = new AtomicReference<>();
    try (BlockStore store = onDisk(disk, Long.MAX_VALUE)) {
      disk.get().hangingWrites = new CountDownLatch(1);
      Thread appends = Thread.startVirtualThread(() -> appendToAll(store, 500));
      while (appends.getState() == Thread.State.RUNNABLE) {
        appends.join(java.time.Duration.ofMillis(1));
      }
      disk.get().hangingWrites.countDown();
      appends.join();
      store.flush();
      assertEquals(1500, store.counters().blocks());
      assertTrue(store.counters().waits() > 0);
      checkAll(store);
    }
  }

  @Test
  void clearedStoresBeginAnew() {
    try (BlockStore store = FileBlockStore.create(path, SHAPE);
        Arena arena = Arena.ofShared()) {
      appendToAll(store, 5);
      store.clear();
      assertEquals(0, store.count(2));
      assertThrows(IllegalArgumentException.class, () -> store.read(0, 0, arena.allocate(100)));
      appendToAll(store, 7);
      checkAll(store);
    }
  }

  @Test
  void aClosedStoreSaysSo() {
    BlockStore store = FileBlockStore.create(path, SHAPE);
    appendToAll(store, 1);
    store.close();
    store.close();
    CacheException error = assertThrows(CacheException.class, () -> Blocks.append(store, 0));
    assertEquals(Kind.CLOSED, error.kind());
  }
}
