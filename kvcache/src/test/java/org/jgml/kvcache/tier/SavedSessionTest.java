package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jgml.core.backend.Tensor;
import org.jgml.kvcache.tier.CacheException.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SavedSessionTest {
  private static final CacheShape SHAPE =
      new CacheShape(2, 64, Map.of("model", "3fa2", "block size", "128"));
  private static final int LARGE = 3 << 20;

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void setPath() {
    path = directory.resolve("talk.session");
  }

  private static void append(BlockStore store, int blocks) {
    for (int i = 0; i < blocks * store.layers(); i++) {
      Blocks.append(store, i % store.layers());
    }
  }

  private static void save(Path target, BlockStore store, int tokens) {
    try (SessionWriter writer = SessionWriter.create(target, SHAPE)) {
      writer.ints("tokens", tokens(tokens));
      writer.tensor("near", filled(LARGE), LARGE - 4096);
      writer.blocks(store);
      writer.commit();
    }
  }

  private static int[] tokens(int count) {
    return new Random(count).ints(count).toArray();
  }

  private static Tensor filled(int bytes) {
    Tensor tensor = FarBuffer.tensor(bytes, 8);
    byte[] content = content(bytes);
    tensor.buffer().upload(8, MemorySegment.ofArray(content));
    return tensor;
  }

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[(int) tensor.type().bytes()];
    tensor.buffer().download(tensor.start(), MemorySegment.ofArray(bytes));
    return bytes;
  }

  /// Reads everything there is and compares it with what was saved.
  private static void check(Path saved, int blocks, int tokens) {
    try (SavedSession session = SavedSession.open(saved)) {
      session.require(SHAPE);
      assertEquals(List.of("tokens", "near"), List.copyOf(session.names()));
      assertArrayEquals(tokens(tokens), session.ints("tokens"));
      Tensor near = FarBuffer.tensor(LARGE, 0);
      session.read("near", near);
      byte[] expected = content(LARGE);
      Arrays.fill(expected, LARGE - 4096, LARGE, (byte) 0);
      assertArrayEquals(expected, bytes(near));
      try (BlockStore store = session.openBlocks()) {
        for (int layer = 0; layer < 2; layer++) {
          assertEquals(blocks, store.count(layer));
          for (int block = 0; block < blocks; block++) {
            Blocks.checkStored(store, layer, block);
          }
        }
      }
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void blocksInMemoryAreSavedBesideTheSession() throws IOException {
    try (BlockStore store = new MemoryBlockStore(2, 64, 1 << 20)) {
      append(store, 10);
      save(path, store, 1000);
      check(path, 10, 1000);
      append(store, 5);
      save(path, store, 1500);
      check(path, 15, 1500);
    }
    assertEquals(2, files().size(), () -> "a copy that nobody needs stays");
    check(path, 15, 1500);
  }

  @Test
  void blocksInAFileStayThereAndAreOpenedInPlace() throws IOException {
    Path blocks = directory.resolve("cache");
    try (BlockStore store = FileBlockStore.create(blocks, SHAPE)) {
      append(store, 10);
      save(path, store, 1000);
      append(store, 3);
    }
    assertEquals(List.of("cache", "talk.session"), files());
    check(path, 10, 1000);
    CacheException error =
        assertThrows(CacheException.class, () -> FileBlockStore.create(blocks, SHAPE));
    assertEquals(Kind.NOT_AVAILABLE, error.kind());
    assertTrue(error.getMessage().contains("belongs to a saved session"), error::getMessage);
  }

  @Test
  void aRestoredSessionGoesOnAndIsSavedAgain() throws IOException {
    try (BlockStore store = FileBlockStore.create(directory.resolve("cache"), SHAPE)) {
      append(store, 10);
      save(path, store, 1000);
    }
    continueBy(7, null);
    check(path, 10, 1000);
    continueBy(7, path);
    check(path, 17, 1001);
    Path other = directory.resolve("other.session");
    continueBy(2, other);
    check(path, 17, 1001);
    check(other, 19, 1001);
    assertEquals(4, files().size());
  }

  private void continueBy(int blocks, Path target) {
    try (SavedSession session = SavedSession.open(path);
        BlockStore store = session.openBlocks()) {
      append(store, blocks);
      if (target != null) {
        save(target, store, 1001);
      }
    }
  }

  @Test
  void clearingARestoredSessionLeavesTheSavedOne() {
    try (BlockStore store = FileBlockStore.create(directory.resolve("cache"), SHAPE)) {
      append(store, 10);
      save(path, store, 1000);
      store.clear();
      append(store, 20);
      Blocks.checkStored(store, 1, 19);
    }
    check(path, 10, 1000);
  }

  @Test
  void aSessionIsOpenOnce() {
    try (BlockStore store = new MemoryBlockStore(2, 64, 1 << 20)) {
      append(store, 2);
      save(path, store, 5);
    }
    try (SavedSession session = SavedSession.open(path);
        BlockStore store = session.openBlocks()) {
      CacheException error = assertThrows(CacheException.class, session::openBlocks);
      assertEquals(Kind.NOT_AVAILABLE, error.kind());
      Blocks.checkStored(store, 0, 0);
    }
  }

  @Test
  void aSessionOfAnotherModelIsRefusedInOneLineWithTheNumbers() {
    try (BlockStore store = new MemoryBlockStore(2, 64, 1 << 20)) {
      save(path, store, 5);
    }
    CacheShape here = new CacheShape(2, 128, Map.of("model", "77b1", "block size", "128"));
    try (SavedSession session = SavedSession.open(path)) {
      CacheException error = assertThrows(CacheException.class, () -> session.require(here));
      assertEquals(Kind.FOREIGN, error.kind());
      assertEquals(
          "cache file %s: was saved with block bytes 64, this session has 128; model 3fa2, this session has 77b1. Fix: use the model and the parameters that it was saved with."
              .formatted(path),
          error.getMessage());
    }
  }

  @Test
  void whatIsNotCommittedLeavesNoTrace() throws IOException {
    try (SessionWriter writer = SessionWriter.create(path, SHAPE)) {
      writer.ints("tokens", 1, 2, 3);
    }
    assertEquals(List.of(), files());
    CacheException error = assertThrows(CacheException.class, () -> SavedSession.open(path));
    assertTrue(error.getMessage().contains("there is no such file"), error::getMessage);
  }

  @Test
  void aFileThatIsNoSessionIsNotReplaced() throws IOException {
    Files.writeString(path, "x".repeat(5000));
    CacheException error =
        assertThrows(CacheException.class, () -> SessionWriter.create(path, SHAPE));
    assertEquals(Kind.NOT_AVAILABLE, error.kind());
    assertEquals(
        Kind.FOREIGN, assertThrows(CacheException.class, () -> SavedSession.open(path)).kind());
    assertEquals(5000, Files.size(path));
  }

  @Test
  void aSessionWithoutBlocksIsSavedToo() {
    CacheShape full = new CacheShape(2, 0, Map.of());
    try (SessionWriter writer = SessionWriter.create(path, full)) {
      writer.ints("nothing");
      writer.tensor("keys", filled(40), 40);
      writer.commit();
    }
    try (SavedSession session = SavedSession.open(path)) {
      assertFalse(session.hasBlocks());
      assertArrayEquals(new int[0], session.ints("nothing"));
      Tensor keys = FarBuffer.tensor(40, 4);
      session.read("keys", keys);
      assertArrayEquals(content(40), bytes(keys));
      CacheException error = assertThrows(CacheException.class, () -> session.ints("other"));
      assertEquals(Kind.FOREIGN, error.kind());
    }
  }

  /// Every change of a byte, and every length, of every file of a session: either all is read as it
  /// was saved, or one exception says why not.
  @Test
  void damageIsNeverReadAsGood() throws IOException {
    Path blocks = directory.resolve("cache");
    try (BlockStore store = FileBlockStore.create(blocks, SHAPE)) {
      append(store, 3);
      try (SessionWriter writer = SessionWriter.create(path, SHAPE)) {
        writer.ints("tokens", tokens(16));
        writer.tensor("near", filled(200), 200);
        writer.blocks(store);
        writer.commit();
      }
    }
    assertEquals("good", smallSession());
    for (Path file : List.of(path, blocks)) {
      byte[] whole = Files.readAllBytes(file);
      Random random = new Random(1);
      for (int at = 0; at < whole.length; at += file == blocks && at < 4000 ? 97 : 3) {
        byte[] flipped = whole.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        expectDamage(file, flipped, file == blocks && at >= 4092 && at < 4096);
        expectDamage(file, Arrays.copyOf(whole, at), false);
      }
      expectDamage(file, "hello\n".getBytes(StandardCharsets.UTF_8), false);
      expectDamage(file, new byte[whole.length], false);
      Files.write(file, whole);
    }
    assertEquals("good", smallSession());
  }

  @Test
  void blocksOfASessionThatCouldNotBeSavedVanishWithTheStore() throws IOException {
    Path blocks = directory.resolve("talk.blocks");
    try (BlockStore store = FileBlockStore.create(blocks, SHAPE)) {
      append(store, 3);
      try (SessionWriter writer = SessionWriter.create(path, SHAPE)) {
        writer.blocks(store);
        Files.createDirectories(path.resolve("in the way"));
        assertThrows(CacheException.class, writer::commit);
      }
      append(store, 3);
      Blocks.checkStored(store, 1, 5);
    }
    assertEquals(List.of("talk.session"), files());
  }

  private void expectDamage(Path file, byte[] bytes, boolean isHarmless) throws IOException {
    Files.write(file, bytes);
    String found = smallSession();
    assertTrue(
        isHarmless ? found.equals("good") : found.equals("DAMAGED") || found.equals("FOREIGN"),
        () -> file + " of " + bytes.length + " bytes: " + found);
  }

  /// `good`, or the kind of the exception.
  private String smallSession() {
    try (SavedSession session = SavedSession.open(path)) {
      session.require(SHAPE);
      assertArrayEquals(tokens(16), session.ints("tokens"));
      Tensor near = FarBuffer.tensor(200, 0);
      session.read("near", near);
      assertArrayEquals(content(200), bytes(near));
      try (BlockStore store = session.openBlocks()) {
        for (int i = 0; i < 6; i++) {
          Blocks.checkStored(store, i % 2, i / 2);
        }
      }
      return "good";
    } catch (CacheException e) {
      assertFalse(e.getMessage().contains("\n"));
      return e.kind().name();
    }
  }
}
