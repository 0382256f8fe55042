package org.jgml.models.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.BlockStorage;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.tier.ReplacementPolicy;
import org.jgml.models.BundledModel;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the size of the pool, its policy, where blocks are, whether they are loaded by a thread
/// of its own and how many threads compute: a session gives the same logits, bit for bit.
///
/// The full number of schedules takes minutes: `mvn -pl models -am test -Dtest=AnyResidencyTest
/// -Djgml.schedules=10000 -Dsurefire.failIfNoSpecifiedTests=false`.
final class AnyResidencyTest {
  private static final long SEED = Long.getLong("jgml.seed", 31);
  private static final int SCHEDULES = Integer.getInteger("jgml.schedules", 40);
  private static final int SCHEDULES_PER_TEXT = 20;
  private static final int MOST_THREADS = 3;

  /// More blocks than any of the texts has.
  private static final int ALL_BLOCKS = 64;

  private static final ReplacementPolicy[] POLICIES = {
    new ReplacementPolicy.Lru(), new ReplacementPolicy.FrequencyScore(0.1),
    new ReplacementPolicy.FrequencyScore(0.9), new ReplacementPolicy.Fifo()
  };
  private static final DataType[] TYPES = {
    DataType.F32, DataType.F16, DataType.Q8_0, DataType.Q4_0
  };

  private static final List<Model> MODELS = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeAll
  static void open() throws IOException {
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
      MODELS.add(Model.open(BundledModel.file(), ModelOptions.defaults().withThreads(threads)));
    }
  }

  @AfterAll
  static void close() {
    MODELS.forEach(Model::close);
  }

  /// A text and how a session cuts it up.
  private record Text(int[] prompt, int[] steps, InfLlmParameters parameters, DataType type) {
    static Text random(SplittableRandom random) {
      int block = 4 + random.nextInt(5);
      int selected = 1 + random.nextInt(4);
      int window = 12 + random.nextInt(13);
      BlockScorer[] scorers = {
        new BlockScorer.Representatives(2),
        new BlockScorer.MeanKey(),
        new BlockScorer.Boxes(block),
        new BlockScorer.Union(new BlockScorer.Representatives(1), new BlockScorer.Boxes(block))
      };
      InfLlmParameters parameters =
          InfLlmParameters.published()
              .withWindow(random.nextInt(5), window, 1 + random.nextInt(window))
              .withBlocks(block, selected)
              .withSelection(
                  BlockSelection.of(selected, scorers[random.nextInt(scorers.length)])
                      .withSteps(1 + random.nextInt(2)));
      int vocabulary = MODELS.getFirst().vocabularySize();
      int[] prompt = random.ints(60 + random.nextInt(80), 0, vocabulary).toArray();
      int[] steps = random.ints(4 + random.nextInt(12), 0, vocabulary).toArray();
      return new Text(prompt, steps, parameters, TYPES[random.nextInt(TYPES.length)]);
    }

    SessionOptions options(int pooled, ReplacementPolicy policy, BlockStorage storage) {
      return SessionOptions.defaults()
          .withCacheType(type)
          .withCache(new CacheKind.InfLlm(parameters.withPool(pooled, policy)))
          .withStorage(storage);
    }

    float[][] logits(Model model, SessionOptions options) {
      float[][] logits = new float[steps.length + 1][];
      try (ModelSession session = model.newSession(options)) {
        logits[0] = session.evaluate(prompt);
        for (int i = 0; i < steps.length; i++) {
          logits[i + 1] = session.evaluate(steps[i]);
        }
      }
      return logits;
    }
  }

  @Test
  void logitsAreTheSameBitForBit() throws IOException {
    for (int schedule = 0; schedule < SCHEDULES; ) {
      SplittableRandom random = new SplittableRandom(SEED + schedule);
      Text text = Text.random(random);
      BlockStorage simple = BlockStorage.inMemory().asynchronous(false);
      float[][] expected =
          text.logits(
              MODELS.getFirst(), text.options(ALL_BLOCKS, new ReplacementPolicy.Lru(), simple));
      for (int i = 0; i < SCHEDULES_PER_TEXT; i++, schedule++) {
        String label = "schedule %d of seed %d".formatted(schedule, SEED);
        float[][] actual = scheduled(text, random);
        for (int step = 0; step < expected.length; step++) {
          assertArrayEquals(expected[step], actual[step], label + ", step " + step);
        }
      }
    }
  }

  private float[][] scheduled(Text text, SplittableRandom random) throws IOException {
    int selected = text.parameters().selection().blocks();
    int pooled = Math.min(ALL_BLOCKS, selected + random.nextInt(4) * random.nextInt(1 + selected));
    Path file = folder.resolve("blocks");
    BlockStorage storage =
        (random.nextBoolean() ? BlockStorage.inMemory() : BlockStorage.inFile(file))
            .asynchronous(random.nextBoolean());
    ReplacementPolicy policy = POLICIES[random.nextInt(POLICIES.length)];
    Model model = MODELS.get(random.nextInt(MODELS.size()));
    float[][] logits = text.logits(model, text.options(pooled, policy, storage));
    Files.deleteIfExists(file);
    return logits;
  }
}
