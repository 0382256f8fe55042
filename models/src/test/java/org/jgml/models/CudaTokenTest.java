package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.cuda.Emulation;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a generated token asks of the CUDA driver: an emulated one, whose kernels do nothing.
final class CudaTokenTest {
  private static final int TOKENS = 8;

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    Emulation.load();
    Emulation.setIdle(true);
    model =
        Model.open(
            Fixtures.resource("infllm/passkey-tiny-f32.gguf"),
            new ModelOptions(DeviceOptions.defaults().withThreads(1), List.of("cuda:0")));
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
      Emulation.setIdle(false);
    }
  }

  private static long calls(String... functions) {
    return Stream.of(functions).mapToLong(Emulation::calls).sum();
  }

  private static long waits() {
    return calls("cuStreamSynchronize", "cuEventSynchronize", "cuCtxSynchronize");
  }

  /// Reads a prompt and generates tokens, with none of the first ones counted.
  ///
  /// @return waits and replayed graphs of all counted tokens
  private static long[] counted(SessionOptions options, int prompt) {
    try (ModelSession session = model.newSession(options)) {
      session.evaluate(IntStream.range(0, prompt).map(i -> i % 50).toArray());
      for (int i = 0; i < 3; i++) {
        session.evaluate(1);
      }
      long waits = waits();
      long graphs = calls("cuGraphLaunch");
      for (int i = 0; i < TOKENS; i++) {
        session.evaluate(2);
      }
      return new long[] {waits() - waits, calls("cuGraphLaunch") - graphs};
    }
  }

  @Test
  void aTokenWithTheFullCacheIsOneGraphAndOneWait() {
    long[] counts = counted(SessionOptions.defaults(), 40);
    assertEquals(TOKENS, counts[0], "waits, for the logits");
    assertEquals(TOKENS, counts[1], "graphs");
  }

  /// Blocks are selected anew for each token, in each layer, and looked up by the host.
  @Test
  void aTokenWithInfLlmWaitsForNothingButItsLogits() {
    InfLlmParameters parameters =
        InfLlmParameters.published()
            .withSelection(BlockSelection.of(2, new BlockScorer.Representatives(4)))
            .withWindow(8, 128, 128)
            .withBlocks(128, 2);
    SessionOptions options = SessionOptions.defaults().withCache(new CacheKind.InfLlm(parameters));
    long before = Emulation.calls("cuStreamWaitValue32_v2");
    // Three blocks are there, and none becomes due, whose keys would be read back between tokens.
    long[] counts = counted(options, 8 + 3 * 128 + 128);
    assertTrue(Emulation.calls("cuStreamWaitValue32_v2") > before + TOKENS, "no lookups");
    assertEquals(TOKENS, counts[0], "waits, for the logits");
  }
}
