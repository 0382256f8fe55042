package org.jgml.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;

/// The smallest use of a device: one kernel over a few numbers.
final class UnaryRun {
  private static final int COUNT = 19;

  private UnaryRun() {}

  /// The last of the negated numbers 0 to 18, computed by a device.
  static float lastNegated(Device device) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, COUNT);
    Node y = g.unary(Unary.Kind.NEG, x);
    try (Arena arena = Arena.ofConfined();
        Buffer buffer = device.allocate(2 * COUNT * Float.BYTES);
        Executable executable = device.compile(new Segment(List.of(step(x, y, buffer))))) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, COUNT);
      for (int i = 0; i < COUNT; i++) {
        host.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      }
      buffer.upload(0, host);
      executable.run();
      buffer.download(COUNT * Float.BYTES, host);
      return host.getAtIndex(ValueLayout.JAVA_FLOAT, COUNT - 1);
    }
  }

  private static Step step(Node x, Node y, Buffer buffer) {
    return new Step(
        y,
        List.of(Tensor.dense(x.type(), buffer, 0)),
        Tensor.dense(y.type(), buffer, COUNT * Float.BYTES));
  }
}
