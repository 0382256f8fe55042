package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Execution;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmDriver;
import org.jgml.kvcache.InfLlmListener;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.InfLlmParameters.FarMask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.jr.ob.JSON;

/// A recorded run of another implementation of InfLLM on a small trained model: which blocks each
/// layer looks at in each step, which tokens represent a block, and the logits, for both masks.
final class InfLlmReferenceTest {
  /// `-Djgml.device=NAME` keeps the cache on another device.
  private static final List<String> DEVICES =
      Stream.ofNullable(System.getProperty("jgml.device")).toList();

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    model =
        Model.open(
            Fixtures.resource("infllm/passkey-tiny-f32.gguf"),
            new ModelOptions(DeviceOptions.defaults().withThreads(1), DEVICES));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /// One recorded run.
  record Run(String name, Map<?, ?> recorded, int[] prompt) {
    @Override
    public String toString() {
      return name;
    }

    int parameter(String key) {
      return ((Number) ((Map<?, ?>) recorded.get("params")).get(key)).intValue();
    }

    FarMask mask() {
      Object mask = ((Map<?, ?>) recorded.get("params")).get("far_mask");
      return mask.equals("exact") ? FarMask.EXACT : FarMask.COMPATIBLE;
    }
  }

  static Stream<Run> runs() throws IOException {
    Map<String, int[]> prompts = new HashMap<>();
    for (Map<?, ?> prompt : lines("infllm/prompts.jsonl")) {
      prompts.put(prompt.get("file") + " row " + prompt.get("row"), ints(prompt.get("prompt_ids")));
    }
    return lines("infllm/ref-infllm.jsonl").stream()
        .map(recorded -> {
          String prompt = recorded.get("file") + " row " + recorded.get("row");
          Object mask = ((Map<?, ?>) recorded.get("params")).get("far_mask");
          return new Run(prompt + ", mask " + mask, recorded, prompts.get(prompt));
        });
  }

  private static List<Map<String, Object>> lines(String resource) throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (String line : Files.readAllLines(Fixtures.resource(resource))) {
      objects.add(JSON.std.mapFrom(line));
    }
    return objects;
  }

  private static int[] ints(Object list) {
    return ((List<?>) list).stream().mapToInt(value -> ((Number) value).intValue()).toArray();
  }

  private static SessionOptions options(Run run) {
    int topk = run.parameter("topk");
    BlockScorer scorer = new BlockScorer.Representatives(run.parameter("repr_topk"));
    InfLlmParameters parameters =
        InfLlmParameters.published()
            .withSelection(BlockSelection.of(topk, scorer).withIndexType(DataType.F32))
            .withWindow(
                run.parameter("n_init"), run.parameter("n_local"), run.parameter("exc_block_size"))
            .withBlocks(run.parameter("block_size"), topk)
            .withMask(run.mask());
    return SessionOptions.defaults()
        .withCacheType(DataType.F32)
        .withCache(new CacheKind.InfLlm(parameters));
  }

  /// What a run selects and seals.
  private static final class Watch implements InfLlmListener {
    private final Map<Integer, int[]> selected = new HashMap<>();
    private final List<int[][]> representatives = new ArrayList<>();
    private final int count;

    Watch(int count) {
      this.count = count;
    }

    @Override
    public void selected(int layer, int[] blocks, int number) {
      selected.put(layer, Arrays.copyOf(blocks, number));
    }

    @Override
    public void sealed(int block, Execution sealing) {
      int layers = model.hyperparameters().blockCount();
      int[][] all = new int[layers][];
      for (int layer = 0; layer < layers; layer++) {
        all[layer] = sealing.readInts("seal.representatives." + layer);
      }
      assertEquals(representatives.size(), block);
      representatives.add(all);
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void selectsWhatTheOtherImplementationSelects(Run run) {
    Watch watch = new Watch(run.parameter("repr_topk"));
    try (ModelSession session = model.newSession(options(run))) {
      ((InfLlmDriver) session.driver()).listen(watch);
      int[] prompt = run.prompt();
      float[][] logits = session.evaluate(prompt, new int[] {prompt.length - 2, prompt.length - 1});
      List<?> before = (List<?>) run.recorded().get("logits_before_last_prompt_token_top5");
      requireLogits(ints(before.get(0)), (List<?>) before.get(1), logits[0]);
      float[] last = logits[1];
      for (Object entry : (List<?>) run.recorded().get("steps")) {
        Map<?, ?> step = (Map<?, ?>) entry;
        requireBlocks((List<?>) step.get("blocks"), watch.selected);
        requireLogits(ints(step.get("top5_ids")), (List<?>) step.get("top5_logits"), last);
        int token = ((Number) step.get("token")).intValue();
        last = session.evaluate(token);
      }
      requireRepresentatives(run, watch);
    }
  }

  private static void requireLogits(int[] ids, List<?> expected, float[] logits) {
    for (int i = 0; i < ids.length; i++) {
      assertEquals(((Number) expected.get(i)).doubleValue(), logits[ids[i]], 1e-4, "logit " + i);
    }
    int best =
        IntStream.range(0, logits.length)
            .reduce((a, b) -> logits[b] > logits[a] ? b : a)
            .getAsInt();
    assertEquals(ids[0], best);
  }

  private static void requireBlocks(List<?> expected, Map<Integer, int[]> selected) {
    for (int layer = 0; layer < expected.size(); layer++) {
      assertArrayEquals(ints(expected.get(layer)), selected.get(layer), "layer " + layer);
    }
  }

  private static void requireRepresentatives(Run run, Watch watch) {
    int[] blocks = ints(run.recorded().get("n_blocks"));
    List<?> expected = (List<?>) run.recorded().get("repr_positions_layer_head");
    for (int i = 0; i < expected.size(); i++) {
      int layer = i / 2;
      int block = i % 2 == 0 ? 0 : blocks[layer] - 1;
      List<?> heads = (List<?>) expected.get(i);
      int begin = run.parameter("n_init") + block * run.parameter("block_size");
      for (int head = 0; head < heads.size(); head++) {
        int[] all = watch.representatives.get(block)[layer];
        int[] actual =
            Arrays.stream(all, head * watch.count, (head + 1) * watch.count)
                .map(token -> begin + token)
                .sorted()
                .toArray();
        int[] wanted = Arrays.stream(ints(heads.get(head))).sorted().toArray();
        assertArrayEquals(
            wanted, actual, "layer %d, block %d, head %d".formatted(layer, block, head));
      }
    }
  }
}
