package org.jgml.bench;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.models.architecture.Result;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// From a row of logits on the device to a token on the host: what remains to do after the last
/// product of a model.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {
      "-XX:+UseSerialGC",
      "-Xms64m",
      "--add-modules",
      "jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
public class SamplingBenchmark {
  /// A device of `jgml devices`.
  @Param("cpu")
  public String device;

  /// Logits of the row; this many has Qwen2.
  @Param("151936")
  public int vocabulary;

  /// How a token is chosen.
  @Param({"greedy", "defaults"})
  public String sampling;

  /// What leaves the device.
  @Param({"logits", "best"})
  public String fetched;

  private Devices devices;
  private Session session;
  private Execution execution;
  private Result result;
  private Sampler sampler;

  /// Opens the device and draws the logits.
  @Setup
  public void open() {
    devices = Devices.open(DeviceOptions.defaults());
    session = new Session();
    sampler =
        Sampler.of(
            sampling.equals("greedy")
                ? SamplingOptions.greedy()
                : SamplingOptions.defaults().withSeed(1));
    GraphBuilder g = new GraphBuilder();
    Node logits = g.named("logits").scale(g.input("x", DataType.F32, 1, vocabulary), 1, 0);
    Node end = logits;
    if (fetched.equals("logits")) {
      result = Result.LOGITS;
    } else {
      Result.Best best = Result.Best.of(sampler.candidatesNeeded(vocabulary));
      end = best.node(g, logits);
      result = best;
    }
    execution =
        session.execution(
            ExecutionPlan.of(
                g.build(end), List.of(devices.named(device)), PlacementPolicy.firstThatSupports()));
    float[] x = new float[vocabulary];
    SplittableRandom random = new SplittableRandom(4711);
    for (int i = 0; i < vocabulary; i++) {
      x[i] = (float) random.nextGaussian(0, 3);
    }
    execution.write("x", x);
  }

  /// One token.
  @Benchmark
  public int token() {
    execution.run();
    return result instanceof Result.Best best
        ? sampler.sample(best.candidates(execution).getFirst())
        : sampler.sample(result.rows(execution, 1)[0]);
  }

  /// Gives the memory back.
  @TearDown
  public void close() {
    session.close();
    devices.close();
  }
}
