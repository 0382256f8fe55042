package org.jgml.models.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.backend.Device;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.InfLlmDriver;
import org.jgml.kvcache.InfLlmKvCache;
import org.jgml.kvcache.InfLlmListener;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.LayerShape;
import org.jgml.kvcache.MissedMass;
import org.jgml.kvcache.tier.ReplacementPolicy;

/// A random text for one layer whose cache bounds the attention that it misses, and what it really
/// misses, in double precision.
///
/// @param keySize what components of keys are multiplied by: small ones make attention flat, large
///   ones sharp
/// @param turned the keys of each token, turned by its position
record BoundedText(
    SplittableRandom random,
    InfLlmParameters parameters,
    LayerShape shape,
    double keySize,
    List<double[]> turned) {
  private static final int[] KEY_HEADS = {1, 2, 4, 8};
  private static final int[] GROUPS = {1, 2, 4, 7};
  private static final DataType[] INDEX_TYPES = {DataType.F32, DataType.F16, DataType.BF16};
  private static final double[] LIMITS = {0, 1e-3, 0.1, 0.5};
  private static final int STEPS = 100;

  /// More than single precision adds to the error of values.
  private static final double ROUNDING = 1e-5;

  /// One head in one step.
  ///
  /// @param missed the share of attention that blocks would have got which were not looked at
  /// @param bound of that share
  /// @param error distance from the values that attention to everything gives
  /// @param errorBound of that distance
  /// @param isWithinLimit whether the bound is as low as was asked for, or the pool is full
  record Check(
      double missed, double bound, double error, double errorBound, boolean isWithinLimit) {}

  static BoundedText random(SplittableRandom random) {
    int keyHeads = KEY_HEADS[random.nextInt(KEY_HEADS.length)];
    int heads = keyHeads * GROUPS[random.nextInt(GROUPS.length)];
    int size = 4 << random.nextInt(4);
    float scale = (float) ((0.2 + 2 * random.nextDouble()) / Math.sqrt(size));
    float cap = random.nextInt(4) == 0 ? 3 : 0;
    LayerShape shape =
        new LayerShape(heads, keyHeads, size, size, new AttentionScores(scale, cap, 0));
    double keySize = Math.pow(10, -1.5 + 2.5 * random.nextDouble());
    return new BoundedText(random, parameters(random), shape, keySize, new ArrayList<>());
  }

  private static InfLlmParameters parameters(SplittableRandom random) {
    int box = 1 << random.nextInt(4);
    int block = box * (1 + random.nextInt(3));
    int window = 8 + random.nextInt(17);
    int selected = 1 + random.nextInt(6);
    BlockScorer boxes = new BlockScorer.Boxes(box);
    BlockScorer scorer =
        switch (random.nextInt(3)) {
          case 0 -> boxes;
          case 1 -> new BlockScorer.Union(new BlockScorer.Representatives(1), boxes);
          default -> new BlockScorer.Union(new BlockScorer.MeanKey(), boxes);
        };
    MissedMass missed =
        random.nextBoolean()
            ? new MissedMass.Reported()
            : new MissedMass.Limited(LIMITS[random.nextInt(LIMITS.length)]);
    return InfLlmParameters.published()
        .withSelection(
            BlockSelection.of(0, scorer)
                .withIndexType(INDEX_TYPES[random.nextInt(INDEX_TYPES.length)])
                .withMissed(missed))
        .withWindow(random.nextInt(7), window, 1 + random.nextInt(window))
        .withBlocks(block, selected)
        .withPool(selected + random.nextInt(12), new ReplacementPolicy.Lru());
  }

  OneLayer layer(Device device) {
    InfLlmKvCache cache = new InfLlmKvCache(1 << 20, parameters, DataType.F32, DataType.F32);
    return new OneLayer(device, cache, shape, RopeScaling.NONE, true);
  }

  /// Reads a text that has blocks, and then token by token.
  List<Check> read(OneLayer layer) {
    ExactAttention exact = new ExactAttention(shape, RopeScaling.NONE);
    Watch watch = new Watch();
    ((InfLlmDriver) layer.driver()).listen(watch);
    int blocks = 2 + random.nextInt(14);
    int prompt =
        parameters.initialTokens() + parameters.localWindow() + blocks * parameters.blockSize();
    for (int done = 0; done < prompt; ) {
      int count = Math.min(prompt - done, parameters.sliceLength());
      step(layer, exact, count);
      done += count;
    }
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      watch.shares = null;
      int sealed = sealed(exact.keys.size());
      double[][] query = new double[1][];
      float[] attended = step(layer, exact, 1, query);
      if (watch.shares != null) {
        for (int head = 0; head < shape.heads(); head++) {
          checks.add(check(exact, watch, query[0], attended, sealed, head));
        }
      }
    }
    return checks;
  }

  private static final class Watch implements InfLlmListener {
    private int[] selected = {};
    private float[] shares;

    @Override
    public void selected(int layer, int[] blocks, int count) {
      selected = Arrays.copyOf(blocks, count);
    }

    @Override
    public void missed(int layer, float[] missed) {
      shares = missed.clone();
    }
  }

  private void step(OneLayer layer, ExactAttention exact, int count) {
    step(layer, exact, count, new double[1][]);
  }

  /// @param lastQuery takes the query of the last token
  private float[] step(OneLayer layer, ExactAttention exact, int count, double[][] lastQuery) {
    double[][] query = rows(count, shape.queryLength(), 1);
    double[][] key = rows(count, shape.keyLength(), keySize);
    double[][] value = rows(count, shape.valueLength(), 1);
    for (double[] row : key) {
      turned.add(turned(exact, row, turned.size()));
    }
    exact.remember(key, value);
    lastQuery[0] = query[count - 1];
    return layer.read(count, flat(query), flat(key), flat(value));
  }

  private double[] turned(ExactAttention exact, double[] row, int position) {
    double[] turnedRow = new double[row.length];
    for (int from = 0; from < row.length; from += shape.headSize()) {
      double[] head = exact.turned(row, from, position);
      System.arraycopy(head, 0, turnedRow, from, head.length);
    }
    return turnedRow;
  }

  private double[][] rows(int count, int length, double size) {
    double[][] rows = new double[count][length];
    for (double[] row : rows) {
      Arrays.setAll(row, _ -> (float) (size * random.nextGaussian()));
    }
    return rows;
  }

  private static float[] flat(double[]... rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return flat;
  }

  /// Blocks after so many tokens.
  private int sealed(int length) {
    int past = length - parameters.localWindow() - parameters.initialTokens();
    return Math.max(0, past / parameters.blockSize());
  }

  private Check check(
      ExactAttention exact, Watch watch, double[] query, float[] attended, int sealed, int head) {
    List<ExactAttention.Seen> all = seen(exact, query, head);
    double max = all.stream().mapToDouble(ExactAttention.Seen::logit).max().orElseThrow();
    double sum = 0;
    double missed = 0;
    for (ExactAttention.Seen seen : all) {
      double mass = Math.exp(seen.logit() - max);
      sum += mass;
      missed += isMissed(watch.selected, sealed, seen.token()) ? mass : 0;
    }
    double bound = watch.shares[head];
    double longest = 0;
    for (double[] value : exact.values) {
      longest = Math.max(longest, length(valueOf(value, head)));
    }
    double[] right = exact.attend(all, head);
    double[] difference = new double[right.length];
    Arrays.setAll(difference, i -> right[i] - attended[head * right.length + i]);
    return new Check(
        missed / sum,
        bound,
        length(difference),
        (2 * bound + ROUNDING) * longest,
        isWithinLimit(watch, sealed, bound));
  }

  /// All keys as the last query sees them; only differences of positions matter, so each key is
  /// turned once by its own.
  private List<ExactAttention.Seen> seen(ExactAttention exact, double[] query, int head) {
    int token = exact.keys.size() - 1;
    int window = parameters.localWindow();
    double[] near = exact.turned(query, head * shape.headSize(), token);
    double[] far = exact.turned(query, head * shape.headSize(), window - 1);
    List<ExactAttention.Seen> all = new ArrayList<>();
    for (int other = 0; other <= token; other++) {
      boolean isNear = token - other < window;
      double[] keys = isNear ? turned.get(other) : exact.keys.get(other);
      all.add(new ExactAttention.Seen(other, logit(isNear ? near : far, keys, head)));
    }
    return all;
  }

  private double logit(double[] query, double[] keys, int head) {
    int from = head / shape.group() * shape.headSize();
    double product = 0;
    for (int i = 0; i < query.length; i++) {
      product += query[i] * keys[from + i];
    }
    double logit = shape.scores().scale() * product;
    double cap = shape.scores().softCap();
    return cap == 0 ? logit : cap * Math.tanh(logit / cap);
  }

  private boolean isMissed(int[] selected, int sealed, int token) {
    int place = token - parameters.initialTokens();
    int block = Math.floorDiv(place, parameters.blockSize());
    return place >= 0 && block < sealed && Arrays.binarySearch(selected, block) < 0;
  }

  private boolean isWithinLimit(Watch watch, int sealed, double bound) {
    return !(parameters.selection().missed() instanceof MissedMass.Limited(double share))
        || bound <= share * (1 + ROUNDING) + 1e-7
        || watch.selected.length == Math.min(sealed, parameters.pooledBlocks());
  }

  private double[] valueOf(double[] row, int head) {
    int from = head / shape.group() * shape.valueSize();
    return Arrays.copyOfRange(row, from, from + shape.valueSize());
  }

  private static double length(double... vector) {
    return Math.sqrt(ExactAttention.dot(vector, vector));
  }
}
