package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Glu;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.op.Rope;
import org.jgml.core.op.SetRows;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Steps of a decoded token that follow each other are one launch, unless what lies between them is
/// read; the bits are those of single launches.
final class FusionTest {
  private static final Op MATMUL = new MatMul();
  private static final Op ADD = new Binary(Binary.Kind.ADD);
  private static final int BYTES = 1 << 20;

  private final GraphBuilder g = new GraphBuilder();
  private OpenClDevice device;

  @BeforeEach
  void open() {
    device = TestDevice.open();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  @Test
  void aProductAndItsBias() {
    Node product = g.apply(MATMUL, x(1, 65), x(37, 65));
    assertOneLaunch(product, g.apply(ADD, product, x(37)));
  }

  @Test
  void productsOfManyTokensOnTopOfTheResidualStream() {
    Node product = g.apply(MATMUL, x(5, 64), x(37, 64));
    assertOneLaunch(product, g.apply(ADD, x(5, 37), product));
  }

  @Test
  void gateAndUp() {
    Node x = x(1, 64);
    for (Glu.Kind kind : Glu.Kind.values()) {
      Node gate = g.apply(MATMUL, x, x(37, 64));
      Node up = g.apply(MATMUL, x, x(37, 64));
      assertOneLaunch(gate, up, g.apply(new Glu(kind), gate, up));
    }
  }

  @Test
  void keysOnTheirWayToTheCache() {
    for (DataType type : List.of(DataType.F32, DataType.F16, DataType.Q8_0, DataType.Q4_0)) {
      for (Rope.Style style : Rope.Style.values()) {
        Node rotated = g.apply(new Rope(style), x(2, 2, 48), x(2, 16, 2));
        Node rows = g.reshape(rotated, 2, 96);
        Node cache = g.input("cache" + count(), type, 8, 96);
        Node indices = g.input("rows" + count(), DataType.I32, 2);
        assertOneLaunch(rotated, g.apply(new SetRows(), cache, rows, indices));
      }
    }
  }

  private Node x(long... dims) {
    return g.input("x" + count(), DataType.F32, dims);
  }

  private int count() {
    return g.build().nodes().size();
  }

  private void assertOneLaunch(Node... nodes) {
    Run fused = run(Set.of(nodes[nodes.length - 1]), nodes);
    assertEquals(1, fused.launches());
    Run single = run(Set.of(nodes), nodes);
    assertEquals(nodes.length, single.launches());
    assertArrayEquals(single.result(), fused.result());
  }

  private record Run(int launches, byte[] result) {}

  /// Runs nodes as a segment, each value in memory of its own.
  private Run run(Set<Node> results, Node... nodes) {
    try (OpenClBuffer buffer = device.allocate(BYTES)) {
      buffer.upload(0, MemorySegment.ofArray(floats()));
      for (Node node : g.build().nodes()) {
        if (node.type().dataType().isInteger()) {
          buffer.upload(at(node), MemorySegment.ofArray(new int[] {5, 2}));
        }
      }
      List<Step> steps =
          Arrays.stream(nodes)
              .map(node ->
                  new Step(
                      node,
                      node.inputs().stream().map(input -> tensor(input, buffer)).toList(),
                      tensor(node, buffer)))
              .toList();
      try (OpenClExecutable executable = device.compile(new Segment(steps, results))) {
        executable.run();
        Tensor last = steps.getLast().output();
        byte[] result = new byte[(int) last.type().bytes()];
        last.download(MemorySegment.ofArray(result));
        executable.check();
        return new Run(executable.commandCount(), result);
      }
    }
  }

  private static float[] floats() {
    float[] floats = new float[BYTES / Float.BYTES];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (i % 19 - 9) * 0.3f;
    }
    return floats;
  }

  private static long at(Node node) {
    return (node.id() + 1L) << 14;
  }

  private static Tensor tensor(Node node, OpenClBuffer buffer) {
    boolean isShared = node.op() instanceof Op.View || node.op() instanceof SetRows;
    Node owner = isShared ? node.input(0) : node;
    Tensor tensor = Tensor.dense(owner.type(), buffer, at(owner));
    return tensor.view(node.type(), Layout.dense(node.type().shape()));
  }
}
