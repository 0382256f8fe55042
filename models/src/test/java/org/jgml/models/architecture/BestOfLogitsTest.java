package org.jgml.models.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Devices;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.models.sampling.Candidates;
import org.jgml.models.sampling.DryOptions;
import org.jgml.models.sampling.MirostatOptions;
import org.jgml.models.sampling.PenaltyOptions;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.jgml.models.sampling.StageName;
import org.jgml.models.sampling.TemperatureOptions;
import org.jgml.models.sampling.TruncationOptions;
import org.jgml.models.sampling.XtcOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a graph leaves of its logits is enough: samplers choose the tokens that they choose among
/// all logits, row after row, whatever the rows hold.
final class BestOfLogitsTest {
  private static final int ROWS = 400;

  /// @param needed candidates of 300 that are needed
  record Chain(String name, SamplingOptions options, int needed) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Chain chain(
      String order, TruncationOptions truncation, XtcOptions xtc, float temperature, int needed) {
    SamplingOptions options =
        new SamplingOptions(
            StageName.parseOrder(order),
            Map.of(),
            new PenaltyOptions(1.3f, 0.1f, 0.2f, 8),
            DryOptions.defaults(),
            truncation,
            xtc,
            new TemperatureOptions(temperature, 0, 1),
            MirostatOptions.defaults(),
            Optional.empty(),
            5);
    return new Chain(
        "%s, %s, temperature %s".formatted(order, truncation, temperature), options, needed);
  }

  static Stream<Chain> chains() {
    TruncationOptions usual = TruncationOptions.defaults();
    TruncationOptions all = new TruncationOptions(7, 0.9f, 0.8f, 0.1f, 1.5f);
    XtcOptions off = XtcOptions.defaults();
    XtcOptions often = new XtcOptions(0.5f, 0.1f);
    return Stream.of(
        new Chain("defaults", SamplingOptions.defaults().withSeed(3), 40),
        new Chain("greedy", SamplingOptions.greedy(), 1),
        new Chain("below zero", SamplingOptions.greedy().withTemperature(-1), 1),
        chain("top_k;typ_p;top_p;min_p;xtc;temperature", all, often, 1.7f, 7),
        chain("top_k;penalties;temperature", usual, off, 0.7f, 40),
        chain("top_k;temperature;top_p", new TruncationOptions(1, 1, 0.5f, 0, 0), off, 2, 1),
        chain("top_k", new TruncationOptions(1000, 1, 1, 0, 0), off, 1, 300),
        chain("top_n_sigma;min_p;top_p;temperature", all, off, 0, 1),
        chain("top_p;top_k;temperature", usual, off, 0.8f, 300),
        chain("temperature;top_k", usual, off, 0.8f, 300),
        chain("typ_p;temperature", all, off, 0, 300),
        chain("top_k;xtc;temperature", usual, often, 0, 40),
        chain("xtc;top_k", usual, often, 1, 300),
        chain("penalties;top_k", usual, off, 1, 300));
  }

  @ParameterizedTest
  @MethodSource("chains")
  void samplersChooseAsAmongAllLogits(Chain chain) {
    assertEquals(chain.needed(), Sampler.of(chain.options()).candidatesNeeded(300));
    Random random = new Random(21);
    float[][] rows = new float[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      rows[i] = row(random, i);
    }
    int[] expected = new int[ROWS];
    Sampler sampler = Sampler.of(chain.options());
    Arrays.setAll(expected, row -> sampler.sample(rows[row]));
    if (chain.needed() < 300) {
      try (Devices devices = Devices.open(DeviceOptions.defaults());
          ReferenceDevice reference = new ReferenceDevice()) {
        for (Device device : List.of(devices.named("cpu"), reference)) {
          Sampler few = Sampler.of(chain.options());
          List<Candidates> best = best(rows, chain.needed(), device);
          int[] chosen = best.stream().mapToInt(few::sample).toArray();
          for (int row = 0; row < ROWS; row++) {
            assertEquals(expected[row], chosen[row], "row " + row + " on " + device.name());
          }
        }
      }
    }
  }

  /// Rows with ties, infinities, what is no number, and hardly anything else.
  private static float[] row(Random random, int number) {
    float scale = random.nextFloat() * 8;
    double hopeless = new double[] {0, 0.02, 0.9, 0.995}[number % 4];
    float[] row = new float[300];
    for (int i = 0; i < row.length; i++) {
      float logit = (float) random.nextGaussian() * scale;
      row[i] = number % 3 == 0 ? Math.round(logit) : logit;
      if (random.nextDouble() < hopeless) {
        row[i] = random.nextInt(number % 5 + 1) == 0 ? Float.NEGATIVE_INFINITY : Float.NaN;
      }
      if (number % 7 == 0 && random.nextInt(100) == 0) {
        row[i] = Float.POSITIVE_INFINITY;
      }
    }
    return row;
  }

  private static List<Candidates> best(float[][] rows, int count, Device device) {
    Result.Best best = Result.Best.of(count);
    GraphBuilder g = new GraphBuilder();
    Node logits = g.input("logits", DataType.F32, rows.length, rows[0].length);
    Node end = best.node(g, logits);
    try (Session session = new Session()) {
      Execution execution =
          session.execution(
              ExecutionPlan.of(g.build(end), List.of(device), PlacementPolicy.firstThatSupports()));
      float[] all = new float[rows.length * rows[0].length];
      for (int row = 0; row < rows.length; row++) {
        System.arraycopy(rows[row], 0, all, row * rows[0].length, rows[0].length);
      }
      execution.write("logits", all);
      execution.run();
      return best.candidates(execution);
    }
  }
}
