package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Buffer;
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
import org.junit.jupiter.api.Test;

/// Steps of a decoded token that follow each other are one launch, unless what lies between them is
/// read. That the results are right is tested by whole graphs.
final class FusionTest {
  private static final Op MATMUL = new MatMul();
  private static final Op ADD = new Binary(Binary.Kind.ADD);
  private static final Op SWIGLU = new Glu(Glu.Kind.SWIGLU);

  private final GraphBuilder g = new GraphBuilder();

  @Test
  void aProductAndItsBias() {
    Node product = g.apply(MATMUL, x(1, 64), weight(32, 64));
    Node sum = g.apply(ADD, product, x(32));
    assertEquals(1, launches(Set.of(sum), product, sum));
    assertEquals(2, launches(Set.of(product, sum), product, sum));
  }

  @Test
  void aProductOnTopOfTheResidualStream() {
    Node product = g.apply(MATMUL, x(1, 64), weight(32, 64));
    Node sum = g.apply(ADD, x(1, 32), product);
    assertEquals(1, launches(Set.of(sum), product, sum));
  }

  @Test
  void gateAndUp() {
    Node x = x(1, 64);
    Node gate = g.apply(MATMUL, x, weight(32, 64));
    Node up = g.apply(MATMUL, x, weight(32, 64));
    Node unit = g.apply(SWIGLU, gate, up);
    assertEquals(1, launches(Set.of(unit), gate, up, unit));
    assertEquals(3, launches(Set.of(unit, up), gate, up, unit));
  }

  @Test
  void aKeyOnItsWayToTheCache() {
    Node rotated = g.apply(new Rope(Rope.Style.NEOX), x(1, 2, 32), x(1, 16, 2));
    Node cache = g.input("cache", DataType.Q8_0, 8, 64);
    Node rows = g.reshape(rotated, 1, 64);
    Node stored = g.apply(new SetRows(), cache, rows, g.input("rows", DataType.I32, 1));
    assertEquals(1, launches(Set.of(stored), rotated, stored));
    assertEquals(2, launches(Set.of(stored, rotated), rotated, stored));
  }

  private Node x(long... dims) {
    return g.input("x" + g.build().nodes().size(), DataType.F32, dims);
  }

  private Node weight(long... dims) {
    return g.input("w" + g.build().nodes().size(), DataType.Q8_0, dims);
  }

  /// Launches of nodes as a segment, each value in memory of its own.
  private static int launches(Set<Node> results, Node... nodes) {
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(1 << 20)) {
      List<Step> steps = new ArrayList<>();
      for (Node node : nodes) {
        List<Tensor> inputs = node.inputs().stream().map(input -> tensor(input, buffer)).toList();
        steps.add(new Step(node, inputs, tensor(node, buffer)));
      }
      try (CudaExecutable executable = device.compile(new Segment(steps, results))) {
        return executable.commandCount();
      }
    }
  }

  private static Tensor tensor(Node node, Buffer buffer) {
    boolean isShared = node.op() instanceof Op.View || node.op() instanceof SetRows;
    Node owner = isShared ? node.input(0) : node;
    Tensor tensor = Tensor.dense(owner.type(), buffer, (owner.id() + 1L) << 13);
    return tensor.view(node.type(), Layout.dense(node.type().shape()));
  }
}
