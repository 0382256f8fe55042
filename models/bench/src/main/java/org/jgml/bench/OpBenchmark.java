package org.jgml.bench;

import java.util.concurrent.TimeUnit;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import org.jgml.core.op.Cost;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Runs of one workload in a second, with its bytes and floating-point operations as counters.
///
/// The result is checked before the first run is timed.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class OpBenchmark {
  /// A device of `jgml devices`.
  @Param("cpu")
  public String device;

  /// The name of a workload.
  @Param("add [512,4096] [512,4096] F32")
  public String workload;

  private Devices devices;
  private WorkloadRun run;
  private Cost cost;

  /// What the runs of an iteration moved and computed, at least.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Work {
    /// Bytes read and written once.
    public long bytes;

    /// Floating-point operations.
    public long flops;
  }

  /// Opens the device, draws the operands and checks the result.
  @Setup
  public void open() {
    devices = Devices.open(DeviceOptions.defaults());
    Workload chosen = Workloads.named(workload);
    cost = chosen.cost();
    run = new WorkloadRun(chosen, devices.named(device));
    run.check();
  }

  /// One run.
  @Benchmark
  public void run(Work work) {
    run.run();
    work.bytes += cost.bytes();
    work.flops += cost.flops();
  }

  /// Gives the memory back.
  @TearDown
  public void close() {
    run.close();
    devices.close();
  }
}
