package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.tensor.DataType;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.jr.ob.JSON;

/// Whole models against logits in double precision.
final class GoldenTest {
  private static final double ALLOWED = 1e-9;

  /// `-Djgml.device=NAME` checks all models on another device, `-Djgml.layers=N` the last N layers.
  private static final ModelOptions OPTIONS =
      new ModelOptions(
          DeviceOptions.defaults(),
          Stream.ofNullable(System.getProperty("jgml.device")).toList(),
          placement(Integer.getInteger("jgml.layers")));

  private static PlacementOptions placement(Integer layers) {
    PlacementOptions all = PlacementOptions.defaults();
    return layers == null ? all : all.withGpuLayers(layers);
  }

  private static final SessionOptions EXACT = SessionOptions.defaults().withCacheType(DataType.F32);
  private static final SessionOptions TOKEN_BY_TOKEN =
      new SessionOptions(0, DataType.F32, DataType.F32, 1);

  @ParameterizedTest
  @ValueSource(strings = {"qwen3-Q5_K", "rope-yarn-F16"})
  void modelsOfThisRepository(String name) throws IOException {
    Path folder = Fixtures.resource("goldens");
    Golden golden = Golden.read(folder, folder.resolve(name + ".gguf"));
    check(golden, ties(folder));
    checkLogits(golden, new SessionOptions(0, DataType.F32, DataType.F32, 7));
  }

  @TestFactory
  Stream<DynamicTest> everyModelBesideTheRepository() throws IOException {
    Path goldens = Fixtures.shared("goldens");
    Map<String, Object> ties = ties(goldens);
    return Fixtures.files(Fixtures.shared("models"), ".gguf").stream()
        .filter(model -> !model.toString().endsWith("-00002-of-00002.gguf"))
        .map(model ->
            dynamicTest(
                model.getFileName().toString(), () -> check(Golden.read(goldens, model), ties)));
  }

  private static Map<String, Object> ties(Path folder) throws IOException {
    return JSON.std.mapFrom(Files.readString(folder.resolve("nmse.json")));
  }

  private static void check(Golden golden, Map<String, Object> ties) throws IOException {
    checkLogits(golden, EXACT);
    checkLogits(golden, TOKEN_BY_TOKEN);
    Map<?, ?> facts = (Map<?, ?>) ties.get(golden.name());
    checkGreedy(golden, (List<?>) facts.get("greedy_steps_where_ref64_argmax_differs"));
  }

  private static void checkLogits(Golden golden, SessionOptions options) throws IOException {
    try (Model model = Model.open(golden.model(), OPTIONS)) {
      for (Golden.Prompt prompt : golden.prompts()) {
        try (ModelSession session = model.newSession(options)) {
          float[][] logits = session.evaluate(prompt.tokens(), prompt.positions());
          double error = Golden.normalisedError(logits, prompt.logits());
          assertTrue(error <= ALLOWED, () -> "%s: NMSE %g".formatted(golden, error));
        }
      }
    }
  }

  /// @param ties for each prompt, the steps at which rounding decides
  private static void checkGreedy(Golden golden, List<?> ties) throws IOException {
    try (Model model = Model.open(golden.model(), OPTIONS)) {
      for (int i = 0; i < golden.prompts().size(); i++) {
        checkGreedy(model, golden.prompts().get(i), (List<?>) ties.get(i));
      }
    }
  }

  private static void checkGreedy(Model model, Golden.Prompt prompt, List<?> ties) {
    Sampler greedy = Sampler.of(SamplingOptions.greedy());
    try (ModelSession session = model.newSession(EXACT)) {
      int[] next = prompt.tokens();
      for (int step = 0; step < prompt.greedy().length; step++) {
        int chosen = greedy.sample(session.evaluate(next));
        if (!ties.contains(step)) {
          assertEquals(prompt.greedy()[step], chosen, "step " + step);
        }
        // Where rounding decides, go on as the recording did.
        next = new int[] {prompt.greedy()[step]};
      }
    }
  }
}
