package org.jgml.core.reference;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Op;

/// A device that runs each op as its record defines it, in double precision: slow, legal, and what
/// other devices are tested against. Values between nodes are rounded to their types.
public final class ReferenceDevice implements Device {
  private final String name;

  public ReferenceDevice() {
    this("reference");
  }

  /// A reference device of another name, where a test needs several.
  public ReferenceDevice(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> facts() {
    return Map.of("arithmetic", "double precision, one thread, every op");
  }

  @Override
  public Verdict supports(Node node) {
    return node.op() instanceof Op.Compute ? Verdict.YES : Verdict.no("only compute nodes are run");
  }

  @Override
  public Buffer allocate(long bytes) {
    return HostBuffer.allocate(name, bytes);
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    return HostBuffer.over(bytes);
  }

  @Override
  public Executable compile(Segment segment) {
    return new Interpreter(segment.steps());
  }

  @Override
  public void close() {}

  private record Interpreter(List<Step> steps) implements Executable {
    @Override
    public void run() {
      steps.forEach(Interpreter::run);
    }

    private static void run(Step step) {
      if (step.op() instanceof Copy) {
        Elements.copy(step.input(0), step.output());
        return;
      }
      List<Arguments.Values> operands = step.inputs().stream().map(Interpreter::read).toList();
      Elements.write(step.output(), evaluate(step, new Arguments(step.op(), operands)));
    }

    private static double[] evaluate(Step step, Arguments operands) {
      try {
        return step.op().evaluate(operands, step.node().type());
      } catch (IndexOutOfBoundsException e) {
        throw new DeviceException(
            "%s: an index is out of range (%s). Fix: pass indices of rows that are there."
                .formatted(step.node(), e.getMessage()),
            e);
      }
    }

    private static Arguments.Values read(Tensor tensor) {
      return new Arguments.Values(tensor.type().shape(), Elements.read(tensor));
    }

    @Override
    public void close() {}
  }
}
