package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgml.core.backend.DelayedDevice;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceMemoryException;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.core.tensor.DataType;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Models over several devices, two of which do everything some time later.
final class SplitModelTest {
  private static final String FIRST = "delayed:0";
  private static final String SECOND = "delayed:1";

  /// A real device, whatever drives it; PoCL where tests run.
  private static final String OPENCL = "opencl:0";

  private static final int ALL_LAYERS = 99;
  private static final SessionOptions OPTIONS =
      new SessionOptions(0, DataType.F32, DataType.F32, 7);

  private static Golden golden() throws IOException {
    Path folder = Fixtures.resource("goldens");
    return Golden.read(folder, folder.resolve("qwen3-Q5_K.gguf"));
  }

  private static void assumeThere(String name) {
    try (Devices devices = Devices.open(DeviceOptions.defaults())) {
      boolean isThere =
          Stream.concat(devices.all().stream(), devices.onlyByName().stream())
              .anyMatch(device -> device.name().equals(name));
      assumeTrue(isThere, () -> "no device " + name + ": " + devices.absent());
    }
  }

  private static PlacementOptions layers(int count) {
    return PlacementOptions.defaults().withGpuLayers(count);
  }

  private static Model open(PlacementOptions placement, String... devices) throws IOException {
    DeviceOptions device = DeviceOptions.defaults().withThreads(1);
    return Model.open(golden().model(), new ModelOptions(device, List.of(devices), placement));
  }

  private static void assertRight(Model model) throws IOException {
    assertRight(model, OPTIONS);
  }

  private static void assertRight(Model model, SessionOptions options) throws IOException {
    for (Golden.Prompt prompt : golden().prompts()) {
      try (ModelSession session = model.newSession(options)) {
        float[][] logits = session.evaluate(prompt.tokens(), prompt.positions());
        double error = Golden.normalisedError(logits, prompt.logits());
        assertTrue(error <= 1e-9, () -> "NMSE " + error);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    FIRST + ",0",
    FIRST + ",1",
    FIRST + ",2",
    FIRST + "," + ALL_LAYERS,
    OPENCL + ",1",
    OPENCL + "," + ALL_LAYERS
  })
  void anyNumberOfLayersGivesTheSameLogitsInThreeSplitsAtMost(String device, int count)
      throws IOException {
    assumeThere(device);
    try (Model model = open(layers(count), device)) {
      assertRight(model);
      try (ModelSession session = model.newSession(OPTIONS)) {
        for (int tokens : new int[] {1, 7}) {
          ExecutionPlan plan = session.plan(tokens);
          int most = count == 0 || count == ALL_LAYERS ? 1 : 3;
          assertTrue(plan.splits().size() <= most, plan::report);
        }
      }
    }
  }

  @Test
  void layersAreDealtOutOverSeveralDevices() throws IOException {
    try (Model model = open(layers(ALL_LAYERS), FIRST, SECOND)) {
      assertRight(model);
      try (ModelSession session = model.newSession(OPTIONS)) {
        ExecutionPlan plan = session.plan(1);
        // The output reads the embedding's weight, which lies on the first.
        assertEquals(3, plan.splits().size(), plan::report);
        assertTrue(plan.need(model.device(FIRST)).weightBytes() > 0, plan::report);
        assertTrue(plan.need(model.device(SECOND)).weightBytes() > 0, plan::report);
      }
    }
  }

  @Test
  void singleWeightsGoWhereTheUserSays() throws IOException {
    PlacementOptions.Override override =
        new PlacementOptions.Override(Pattern.compile("blk\\.0\\.ffn_"), SECOND);
    PlacementOptions placement =
        new PlacementOptions(OptionalInt.empty(), List.of(override), Fallback.FAIL, 0);
    try (Model model = open(placement, FIRST, SECOND)) {
      assertRight(model);
      try (ModelSession session = model.newSession(OPTIONS)) {
        String report = session.plan(1).report();
        assertTrue(
            report.contains(
                "on delayed:1: its weight 'blk.0.ffn_gate.weight' is there (--tensor-override"),
            report);
      }
    }
  }

  @Test
  void anOverrideOfWeightsThatAreNotThereIsTold() throws IOException {
    PlacementOptions.Override override =
        new PlacementOptions.Override(Pattern.compile("blk\\.7"), FIRST);
    PlacementOptions placement =
        new PlacementOptions(OptionalInt.empty(), List.of(override), Fallback.WARN, 0);
    try (Model model = open(placement, FIRST)) {
      String remarks = String.join("; ", model.remarks());
      assertTrue(
          remarks.contains(
              "--tensor-override blk\\.7=delayed:0: no weight of this model has such a name; the"
                  + " nearest is 'blk.0'."),
          remarks);
    }
  }

  @Test
  void largeBatchesAreComputedWhereTheWeightsAreNot() throws IOException {
    PlacementOptions placement =
        new PlacementOptions(OptionalInt.of(0), List.of(), Fallback.FAIL, 5);
    try (Model model = open(placement, FIRST)) {
      assertRight(model);
      try (ModelSession session = model.newSession(OPTIONS)) {
        assertEquals(1, session.plan(4).splits().size());
        ExecutionPlan large = session.plan(7);
        assertTrue(large.splits().size() > 1, large::report);
        assertEquals(0, large.need(model.device(FIRST)).weightBytes());
      }
    }
  }

  @Test
  void whatADeviceCannotHoldStaysOnTheHost() throws IOException {
    System.setProperty("jgml.delayed.bytes", "700000");
    SessionOptions small = OPTIONS.withContextLength(256);
    try (Model model = open(PlacementOptions.defaults(), FIRST);
        Model wanting = open(layers(ALL_LAYERS), FIRST)) {
      // The device itself refuses to give out more.
      assertRight(model, small);
      try (ModelSession session = model.newSession(small)) {
        ExecutionPlan plan = session.plan(7);
        assertTrue(plan.splits().size() <= 3, plan::report);
        assertTrue(plan.need(model.device(FIRST)).weightBytes() > 0, plan::report);
        assertTrue(plan.need(model.device("cpu")).weightBytes() > 0, plan::report);
      }
      DeviceMemoryException error =
          assertThrows(DeviceMemoryException.class, () -> wanting.newSession(small));
      assertTrue(error.getMessage().startsWith("delayed:0: needs "), error::getMessage);
      assertEquals(700_000, error.availableBytes());
    } finally {
      System.clearProperty("jgml.delayed.bytes");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {FIRST, OPENCL})
  void aTokenOnOneDeviceCostsOneWait(String device) throws IOException {
    assumeThere(device);
    try (Model model = open(layers(ALL_LAYERS), device);
        ModelSession session = model.newSession(OPTIONS)) {
      session.evaluate(1, 2, 3);
      long before = session.counters().hostWaits();
      for (int token = 0; token < 5; token++) {
        session.evaluate(token);
      }
      assertEquals(5, session.counters().hostWaits() - before);
      session.next(Sampler.of(SamplingOptions.greedy()), 5);
      assertEquals(6, session.counters().hostWaits() - before);
      session.next(Sampler.of(SamplingOptions.defaults()), 6);
      assertEquals(7, session.counters().hostWaits() - before);
    }
  }

  @Test
  void aPromptInBatchesIsReadWithoutWaits() throws IOException {
    try (Model model = open(layers(ALL_LAYERS), FIRST, SECOND);
        ModelSession session = model.newSession(OPTIONS)) {
      session.evaluate(new int[30]);
      assertEquals(5, session.counters().runs());
      assertEquals(1, session.counters().hostWaits());
      assertTrue(session.counters().crossedBytes() > 0);
    }
  }

  @Test
  void aLostDeviceEndsItsSessionAndNothingElse() throws IOException {
    DelayedDevice first;
    DelayedDevice second;
    try (Model lost = open(layers(ALL_LAYERS), FIRST, SECOND);
        Model healthy = open(layers(ALL_LAYERS), FIRST)) {
      first = (DelayedDevice) lost.device(FIRST);
      second = (DelayedDevice) lost.device(SECOND);
      try (ModelSession session = lost.newSession(OPTIONS);
          ModelSession other = healthy.newSession(OPTIONS)) {
        float[] expected = other.evaluate(1, 2, 3);
        assertArrayEquals(expected, session.evaluate(1, 2, 3));
        second.failAfter(2);
        DeviceException error =
            assertThrows(DeviceException.class, () -> session.evaluate(4, 5, 6));
        assertEquals("delayed:1: lost on command. Fix: use another device.", error.getMessage());
        other.rewind(0);
        assertArrayEquals(expected, other.evaluate(1, 2, 3));
      }
    }
    assertEquals(0, first.openObjects());
    assertEquals(0, second.openObjects());
  }
}
