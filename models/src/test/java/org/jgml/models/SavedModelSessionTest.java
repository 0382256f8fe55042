package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.BlockStorage;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.WindowKvCache.SinkPositions;
import org.jgml.kvcache.tier.CacheException;
import org.jgml.kvcache.tier.ReplacementPolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A session that was saved goes on, in another instance of the model, as if it had never stopped:
/// the same logits, bit for bit.
final class SavedModelSessionTest {
  private static final int[] TEXT = new Random(1).ints(700, 3, 220).toArray();
  private static final int CONTINUED = 24;

  private static Model model;
  private static Model other;

  @TempDir private Path directory;

  @BeforeAll
  static void open() throws IOException {
    model = openModel();
    other = openModel();
  }

  private static Model openModel() throws IOException {
    return Model.open(
        Fixtures.resource("infllm/passkey-tiny-f32.gguf"), ModelOptions.defaults().withThreads(1));
  }

  @AfterAll
  static void close() {
    model.close();
    other.close();
  }

  static Stream<CacheKind> kinds() {
    return Stream.of(
        new CacheKind.Full(),
        new CacheKind.Window(4, 64, SinkPositions.LM_INFINITE),
        infllm(16),
        // Some blocks only, so that they are looked up.
        infllm(3));
  }

  private static CacheKind infllm(int selectedBlocks) {
    BlockSelection selection =
        BlockSelection.of(selectedBlocks, new BlockScorer.Representatives(4));
    return new CacheKind.InfLlm(
        InfLlmParameters.published()
            .withWindow(8, 64, 32)
            .withBlocks(16, selectedBlocks)
            .withPool(16, new ReplacementPolicy.Lru())
            .withSelection(selection));
  }

  private static SessionOptions options(CacheKind kind) {
    return new SessionOptions(1024, DataType.F16, DataType.F16, 32).withCache(kind);
  }

  private static float[][] goOn(ModelSession session, int from) {
    float[][] logits = new float[CONTINUED][];
    for (int i = 0; i < CONTINUED; i++) {
      logits[i] = session.evaluate(TEXT[from + i]);
    }
    return logits;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aSessionGoesOnAsIfItHadNeverStopped(CacheKind kind) {
    BlockStorage inFile = BlockStorage.inFile(directory.resolve("blocks"));
    // Within the window there are no blocks as yet.
    check(kind, BlockStorage.inMemory(), 20);
    check(kind, BlockStorage.inMemory(), 601);
    check(kind, inFile, 300);
  }

  private void check(CacheKind kind, BlockStorage storage, int length) {
    Path path = directory.resolve(length + ".session");
    float[][] expected;
    try (ModelSession session = model.newSession(options(kind).withStorage(storage))) {
      session.evaluate(Arrays.copyOf(TEXT, length));
      session.save(path);
      expected = goOn(session, length);
    }
    try (ModelSession session = other.restoreSession(path, options(kind))) {
      assertArrayEquals(Arrays.copyOf(TEXT, length), session.tokens());
      float[][] found = goOn(session, length);
      for (int i = 0; i < CONTINUED; i++) {
        assertArrayEquals(expected[i], found[i], "token %d after %d".formatted(i, length));
      }
      // Once more, from a session that was itself restored.
      session.save(path);
    }
    try (ModelSession session = model.restoreSession(path, options(kind))) {
      assertEquals(length + CONTINUED, session.length());
    }
  }

  @Test
  void otherParametersAreRefusedInOneLine() {
    Path path = directory.resolve("talk.session");
    try (ModelSession session = model.newSession(options(infllm(3)))) {
      session.evaluate(Arrays.copyOf(TEXT, 300));
      session.save(path);
    }
    CacheException error =
        assertThrows(CacheException.class, () -> other.restoreSession(path, options(infllm(4))));
    assertTrue(
        error.getMessage().contains("was saved with --topk 3, this session has 4. Fix:"),
        error::getMessage);
    assertThrows(
        CacheException.class, () -> other.restoreSession(path, options(new CacheKind.Full())));
  }
}
