package org.jgml.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.reference.Elements;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A workload on a device, ready to run. Owns its memory, not the device.
///
/// What the op overwrites is a state of the session, since the user's inputs would be copied first.
final class WorkloadRun implements AutoCloseable {
  private static final String RESULT = "result";
  private static final long SEED = 4711;

  private final Workload workload;
  private final Device device;
  private final Arena arena = Arena.ofShared();
  private final Session session = new Session();
  private final List<MemorySegment> operands;
  private final Execution execution;

  /// @throws WorkloadException if the device has no kernel for it
  WorkloadRun(Workload workload, Device device) {
    this(workload, device, List.of());
  }

  private WorkloadRun(Workload workload, Device device, List<MemorySegment> given) {
    this.workload = workload;
    this.device = device;
    Graph graph = graph(workload);
    Verdict verdict = device.supports(graph.outputs().getFirst());
    if (!verdict.supported()) {
      throw new WorkloadException(
          "%s: %s cannot run it: %s".formatted(workload.name(), device.name(), verdict.reason()));
    }
    this.operands = given.isEmpty() ? draw(workload) : given;
    this.execution =
        session.execution(
            ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports()));
    for (int i = overwritten(workload); i < operands.size(); i++) {
      execution.write(operand(i), operands.get(i));
    }
  }

  private List<MemorySegment> draw(Workload drawn) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<MemorySegment> bytes = new ArrayList<>();
    drawn.operands().forEach(operand -> bytes.add(OperandBytes.of(operand, arena, random)));
    return bytes;
  }

  private static Graph graph(Workload workload) {
    GraphBuilder g = new GraphBuilder();
    Node[] operands = new Node[workload.operands().size()];
    for (int i = 0; i < operands.length; i++) {
      TensorType type = workload.operands().get(i).type();
      operands[i] =
          i < overwritten(workload)
              ? g.state(operand(i), type)
              : g.input(operand(i), type.dataType(), type.shape().dims());
    }
    return g.build(g.named(RESULT).apply(workload.op(), operands));
  }

  private static int overwritten(Workload workload) {
    return workload.op().overwritesFirstOperand() ? 1 : 0;
  }

  private static String operand(int index) {
    return "operand." + index;
  }

  /// Runs once, and waits until it is done.
  void run() {
    execution.run();
    device.synchronise();
  }

  /// Runs once and holds the leading block of the result against the reference.
  ///
  /// @throws WorkloadException if it is wrong
  void check() {
    run();
    Workload leading = workload.leading();
    double[] actual = result(leading.result().shape());
    double[] expected = expected(leading);
    double error = ResultTolerance.error(actual, expected);
    double allowed = ResultTolerance.of(leading.result().dataType());
    if (!(error <= allowed)) {
      throw new WorkloadException(
          "%s: NMSE %.3g against the reference, allowed %.3g"
              .formatted(workload.name(), error, allowed));
    }
  }

  private double[] expected(Workload leading) {
    List<MemorySegment> blocks = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      TensorType type = workload.operands().get(i).type();
      Shape block = leading.operands().get(i).type().shape();
      blocks.add(OperandBytes.leading(type, operands.get(i), block, arena));
    }
    try (ReferenceDevice reference = new ReferenceDevice();
        WorkloadRun run = new WorkloadRun(leading, reference, blocks)) {
      run.run();
      return run.result(leading.result().shape());
    }
  }

  /// The leading block of the result.
  private double[] result(Shape block) {
    TensorType type = workload.result();
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment bytes = temporary.allocate(Math.max(1, type.bytes()), 64);
      execution.read(RESULT, bytes.asSlice(0, type.bytes()));
      MemorySegment leading = OperandBytes.leading(type, bytes, block, temporary);
      return Elements.read(Tensor.dense(type.withShape(block), HostBuffer.over(leading), 0));
    }
  }

  @Override
  public void close() {
    session.close();
    arena.close();
  }
}
