package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
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

/// Steps that follow each other are one launch of a device that fuses them, unless what lies
/// between them is read; the bits are those of single launches.
public abstract class FusedStepsTest {
  private static final int BYTES = 1 << 20;
  private static final Op MATMUL = new MatMul();
  private static final Op ADD = new Binary(Binary.Kind.ADD);

  private final GraphBuilder g = new GraphBuilder();
  private Device device;

  /// The device to test; closed after each test.
  protected abstract Device open();

  /// How many launches a run of an executable of the device is.
  protected abstract int launches(Executable executable);

  @BeforeEach
  final void openDevice() {
    device = open();
  }

  @AfterEach
  final void closeDevice() {
    if (device != null) {
      device.close();
    }
  }

  @Test
  final void aProductAndItsBiasAreOneLaunch() {
    for (DataType weights : List.of(DataType.F32, DataType.Q8_0)) {
      Node product = g.apply(MATMUL, x(1, 64), input(weights, 37, 64));
      assertOneLaunch(product, g.apply(ADD, product, x(37)));
    }
  }

  @Test
  final void aProductOnTopOfTheResidualStreamIsOneLaunch() {
    for (int tokens : new int[] {1, 5}) {
      Node product = g.apply(MATMUL, x(tokens, 64), x(37, 64));
      assertOneLaunch(product, g.apply(ADD, x(tokens, 37), product));
    }
  }

  @Test
  final void gateAndUpAndTheirUnitAreOneLaunch() {
    Node x = x(1, 64);
    for (Glu.Kind kind : Glu.Kind.values()) {
      Node gate = g.apply(MATMUL, x, x(37, 64));
      Node up = g.apply(MATMUL, x, x(37, 64));
      assertOneLaunch(gate, up, g.apply(new Glu(kind), gate, up));
    }
  }

  @Test
  final void keysAreRotatedOnTheirWayToTheCache() {
    for (DataType type : List.of(DataType.F32, DataType.F16, DataType.Q8_0, DataType.Q4_0)) {
      for (Rope.Style style : Rope.Style.values()) {
        Node rotated = g.apply(new Rope(style), x(2, 2, 48), x(2, 16, 2));
        Node rows = g.reshape(rotated, 2, 96);
        Node indices = input(DataType.I32, 2);
        assertOneLaunch(rotated, g.apply(new SetRows(), input(type, 8, 96), rows, indices));
      }
    }
  }

  @Test
  final void keysWhoseBlocksTakeASearchAreRotatedBefore() {
    Node rotated = g.apply(new Rope(Rope.Style.NEOX), x(2, 2, 48), x(2, 16, 2));
    Node rows = g.reshape(rotated, 2, 96);
    Node indices = input(DataType.I32, 2);
    Node store = g.apply(new SetRows(), input(DataType.MXFP4, 8, 96), rows, indices);
    assertEquals(2, run(Set.of(store), rotated, store).launches());
  }

  private Node x(long... dims) {
    return input(DataType.F32, dims);
  }

  private Node input(DataType type, long... dims) {
    return g.input("input" + g.build().nodes().size(), type, dims);
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
    try (Buffer buffer = device.allocate(BYTES)) {
      buffer.upload(0, MemorySegment.ofArray(floats()));
      for (Node node : g.build().nodes()) {
        if (node.type().dataType().isInteger()) {
          buffer.upload(at(node), MemorySegment.ofArray(new int[] {5, 2}));
        }
      }
      List<Step> steps = Arrays.stream(nodes).map(node -> step(node, buffer)).toList();
      try (Executable executable = device.compile(new Segment(steps, results))) {
        executable.run();
        Tensor last = steps.getLast().output();
        byte[] result = new byte[(int) last.type().bytes()];
        last.download(MemorySegment.ofArray(result));
        executable.check();
        return new Run(launches(executable), result);
      }
    }
  }

  /// Numbers of which also blocks can be made: their scales are finite halves.
  private static float[] floats() {
    float[] floats = new float[BYTES / Float.BYTES];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (i % 19 - 9) * 0.3f;
    }
    return floats;
  }

  private static Step step(Node node, Buffer buffer) {
    List<Tensor> inputs = node.inputs().stream().map(input -> tensor(input, buffer)).toList();
    return new Step(node, inputs, tensor(node, buffer));
  }

  private static long at(Node node) {
    return (node.id() + 1L) << 14;
  }

  private static Tensor tensor(Node node, Buffer buffer) {
    boolean isShared = node.op() instanceof SetRows;
    Node owner = isShared ? node.input(0) : node.viewed();
    Tensor tensor = Tensor.dense(owner.type(), buffer, at(owner));
    return tensor.view(node.type(), Layout.dense(node.type().shape()));
  }
}
