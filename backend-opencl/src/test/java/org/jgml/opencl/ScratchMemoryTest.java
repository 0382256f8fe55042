package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Argsort;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;

/// What kernels of a step pass on to each other.
final class ScratchMemoryTest {
  private static final long LENGTH = 1000;

  @Test
  void stepsTakeItOverFromOneAnother() {
    try (OpenClDevice device = TestDevice.open()) {
      assertEquals(bytesOfSorts(device, 1), bytesOfSorts(device, 5));
    }
  }

  /// What an executable of a few sorts takes of a device.
  private static long bytesOfSorts(OpenClDevice device, int count) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, LENGTH);
    long bytes = LENGTH * Float.BYTES;
    try (OpenClBuffer buffer = device.allocate((1 + count) * bytes)) {
      List<Step> steps = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        Node y = g.apply(new Argsort(false), x);
        Tensor from = Tensor.dense(x.type(), buffer, 0);
        steps.add(new Step(y, List.of(from), Tensor.dense(y.type(), buffer, i * bytes)));
      }
      long before = device.memory().freeBytes();
      try (Executable _ = device.compile(new Segment(steps))) {
        return before - device.memory().freeBytes();
      }
    }
  }
}
