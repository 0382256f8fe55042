package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jgml.core.op.State;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.tensor.DataType;
import org.jgml.models.architecture.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class MemoryCheckTest {
  private static final SessionOptions OPTIONS = SessionOptions.defaults().withContextLength(4096);

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(Fixtures.resource("goldens/qwen3-Q5_K.gguf"), ModelOptions.defaults());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static String refusal(MemoryNeed need, long freeBytes) {
    InsufficientMemoryException refused =
        assertThrows(InsufficientMemoryException.class, () -> MemoryCheck.require(need, freeBytes));
    assertEquals(1, refused.getMessage().lines().count());
    return refused.getMessage();
  }

  @Test
  void theCacheIsAsLargeAsTheStatesOfTheGraph() {
    SessionOptions options =
        new SessionOptions(100, DataType.Q8_0, DataType.F16, 8).forModel(model);
    ExecutionPlan plan = model.plan(options.cache(), 8, 1, Result.LOGITS);
    long stateBytes =
        plan.graph().nodes().stream()
            .filter(node -> node.op() instanceof State)
            .mapToLong(node -> node.type().bytes())
            .sum();
    assertEquals(stateBytes, model.memoryNeed(options, 1).cacheBytes());
  }

  @Test
  void weightsAreThoseOfTheFile() throws IOException {
    long fileBytes = Files.size(Fixtures.resource("goldens/qwen3-Q5_K.gguf"));
    long weightBytes = model.memoryNeed(OPTIONS, 1).weightBytes();
    assertTrue(weightBytes < fileBytes && weightBytes > 0.9 * fileBytes, "" + weightBytes);
  }

  @Test
  void longerBatchesAndMoreLogitsNeedMoreScratch() {
    SessionOptions shorter = new SessionOptions(4096, DataType.F16, DataType.F16, 64);
    long scratchBytes = model.memoryNeed(OPTIONS, 1).scratchBytes();
    assertTrue(model.memoryNeed(shorter, 1).scratchBytes() < scratchBytes);
    assertTrue(model.memoryNeed(OPTIONS, 512).scratchBytes() > scratchBytes);
  }

  @Test
  void whatFitsIsAccepted() {
    MemoryNeed need = model.memoryNeed(OPTIONS, 1);
    assertDoesNotThrow(() -> MemoryCheck.require(need, need.totalBytes()));
    refusal(need, need.totalBytes() - 1);
  }

  @Test
  void theProposalsFitAndTheNumbersAreThere() {
    MemoryNeed need = model.memoryNeed(OPTIONS, 1);
    long freeBytes = need.totalBytes() - need.cacheBytes() * 3 / 5;
    String message = refusal(need, freeBytes);
    assertTrue(message.contains("cache 4.0 MiB for -c 4096 as F16"), message);
    assertTrue(message.contains("--kv-type q4_0"), message);
    Matcher proposal = Pattern.compile("Fix: -c (\\d+)").matcher(message);
    assertTrue(proposal.find(), message);
    int tokens = Integer.parseInt(proposal.group(1));
    assertDoesNotThrow(() -> MemoryCheck.require(need.withContextLength(tokens), freeBytes));
    refusal(need.withContextLength(tokens + 256), freeBytes);
    assertDoesNotThrow(() -> MemoryCheck.require(need.withCacheType(DataType.Q4_0), freeBytes));
    refusal(need.withCacheType(DataType.Q8_0), freeBytes);
  }

  @Test
  void aSmallerFileIsProposedIfItHelps() {
    MemoryNeed small = model.memoryNeed(OPTIONS, 1);
    MemoryNeed large =
        new MemoryNeed(
            small.model(),
            small.layers(),
            small.recurrentBytes(),
            small.session(),
            16L << 30,
            8L << 30,
            small.scratchBytes());
    String message = refusal(large, 6L << 30);
    assertTrue(message.contains("a Q5_K file of the model"), message);
    assertTrue(message.contains("16.0 GiB needed"), message);
    assertTrue(message.contains("6.0 GiB free"), message);
    assertFalse(message.contains("-c 2") || message.contains("--kv-type"), message);
    assertTrue(refusal(large, 1 << 20).contains("a smaller model"));
  }

  @Test
  void freeMemoryIsKnownOnLinux() {
    OptionalLong freeBytes = MemoryCheck.freeBytes();
    boolean isLinux = System.getProperty("os.name").equals("Linux");
    assertEquals(isLinux, freeBytes.isPresent());
    assertTrue(freeBytes.orElse(1) > 0);
  }
}
