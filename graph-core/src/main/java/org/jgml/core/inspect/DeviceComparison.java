package org.jgml.core.inspect;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.op.Weight;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;
import org.jgml.core.tensor.DataType;

/// Runs every node that one device runs on another too and compares the results, until one differs.
///
/// The second device reads the operands that the first device read, in the same layout: errors do
/// not pile up, so a node that differs is wrong itself and not because of what came before.
public final class DeviceComparison implements Observer {
  private final Device other;
  private final OptionalDouble tolerance;
  private double[] otherResult;
  private Divergence divergence;
  private double worst;
  private int compared;
  private int skipped;

  /// @param other the device that runs along
  /// @param tolerance the greatest NMSE that is no divergence; empty for one that fits each type
  public DeviceComparison(Device other, OptionalDouble tolerance) {
    this.other = other;
    this.tolerance = tolerance;
  }

  /// The first node that differs.
  public Optional<Divergence> divergence() {
    return Optional.ofNullable(divergence);
  }

  /// Nodes compared so far.
  public int compared() {
    return compared;
  }

  /// Nodes that the other device has no kernel for, or that it ran itself.
  public int skipped() {
    return skipped;
  }

  /// The greatest NMSE of a node that does not count as a divergence.
  public double worst() {
    return worst;
  }

  /// Operands of a node that differs are shown after it.
  @Override
  public boolean retains(Node node) {
    return true;
  }

  @Override
  public boolean isFinished() {
    return divergence != null;
  }

  @Override
  public void before(ObservedNode node) {
    otherResult = null;
    if (divergence != null) {
      return;
    }
    if (node.device() == other || !other.supports(node.step().node()).supported()) {
      skipped++;
      return;
    }
    try (Rerun rerun = new Rerun(other)) {
      otherResult = rerun.run(node.step());
    }
  }

  @Override
  public void after(ObservedNode node, long nanos) {
    if (otherResult == null) {
      return;
    }
    compared++;
    double[] result = HostTensor.of(node.step().output()).values();
    ResultError error = ResultError.of(result, otherResult);
    if (error.nmse() > tolerance.orElse(tolerance(node.step().node().type().dataType()))) {
      divergence =
          new Divergence(
              node.step().node(),
              NodeText.title(node),
              List.of(node.device().name(), other.name()),
              error,
              NodeText.operands(node));
    } else {
      worst = Math.max(worst, error.nmse());
    }
  }

  /// What rounding to a type excuses.
  private static double tolerance(DataType type) {
    return switch (type) {
      case F32 -> 1e-8;
      case F16 -> 1e-6;
      case I32, I64 -> 0;
      default -> 1e-4;
    };
  }

  /// One step on another device, with copies of its operands.
  private record Rerun(Device device, List<Buffer> buffers) implements AutoCloseable {
    Rerun(Device device) {
      this(device, new ArrayList<>());
    }

    double[] run(Step step) {
      List<Tensor> inputs = new ArrayList<>();
      for (int i = 0; i < step.inputs().size(); i++) {
        Op owner = step.node().input(i).viewed().op();
        inputs.add(owner instanceof Weight ? loaded(step.input(i)) : copied(step.input(i)));
      }
      Tensor output =
          step.op().overwritesFirstOperand()
              ? inputs.getFirst().view(step.output().type(), step.output().layout())
              : fresh(step.output());
      try (Executable executable =
          device.compile(new Segment(List.of(new Step(step.node(), inputs, output))))) {
        executable.run();
      }
      return HostTensor.of(output).values();
    }

    private Tensor loaded(Tensor weight) {
      if (weight.buffer() instanceof HostBuffer host) {
        Buffer buffer = keep(device.load(host.segment()));
        return new Tensor(weight.type(), weight.layout(), buffer, weight.start());
      }
      return copied(weight);
    }

    private Tensor copied(Tensor tensor) {
      MemorySegment bytes = HostTensor.bytes(tensor);
      Buffer buffer = keep(device.allocate(bytes.byteSize()));
      buffer.upload(0, bytes);
      return new Tensor(tensor.type(), tensor.layout(), buffer, 0);
    }

    private Tensor fresh(Tensor tensor) {
      Buffer buffer = keep(device.allocate(HostTensor.spanBytes(tensor)));
      return new Tensor(tensor.type(), tensor.layout(), buffer, 0);
    }

    private Buffer keep(Buffer buffer) {
      buffers.add(buffer);
      return buffer;
    }

    @Override
    public void close() {
      buffers.forEach(Buffer::close);
    }
  }
}
