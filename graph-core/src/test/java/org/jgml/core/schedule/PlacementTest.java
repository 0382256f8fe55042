package org.jgml.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class PlacementTest {
  private static final Device EVERYTHING = new NullDevice("cpu", _ -> true);
  private static final Device MATMUL_ONLY = new NullDevice("gpu", op -> op instanceof MatMul);

  /// Two layers of norm and matmul.
  private static Graph layers(int count) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 4, 8);
    for (int i = 0; i < count; i++) {
      GraphBuilder layer = g.scope("blk." + i);
      Node scale = g.weight("blk." + i + ".norm.weight", TensorType.of(DataType.F32, 8));
      Node weights = g.weight("blk." + i + ".weight", TensorType.of(DataType.F32, 8, 8));
      x = layer.matmul(layer.rmsNorm(x, scale, 1e-5f), weights);
    }
    return g.build(x);
  }

  private static Optional<Wish> wish(Device device) {
    return Optional.of(new Wish(device, "test"));
  }

  private static ExecutionPlan plan(Graph graph, Device... devices) {
    return ExecutionPlan.of(graph, List.of(devices), PlacementPolicy.firstThatSupports());
  }

  @Test
  void oneDeviceMakesOneSplitWithoutCopies() {
    ExecutionPlan plan = plan(layers(3), EVERYTHING);
    assertEquals(1, plan.splits().size());
    assertEquals(List.of(), plan.splits().getFirst().imports());
  }

  @Test
  void aNodeGoesToTheFirstDeviceThatSupportsIt() {
    ExecutionPlan plan = plan(layers(2), MATMUL_ONLY, EVERYTHING);
    for (Placement placement : plan.placements()) {
      boolean isMatmul = placement.node().op() instanceof MatMul;
      assertEquals(isMatmul ? MATMUL_ONLY : EVERYTHING, placement.device());
    }
    assertEquals(4, plan.splits().size());
    assertTrue(
        plan.report().contains("fallback from gpu (a null device without it)"), plan.report());
  }

  @Test
  void everySplitImportsWhatItReadsFromElsewhere() {
    ExecutionPlan plan = plan(layers(2), MATMUL_ONLY, EVERYTHING);
    assertEquals("blk.0.rms_norm", plan.splits().get(1).imports().getFirst().name());
    assertEquals("blk.0.matmul", plan.splits().get(2).imports().getFirst().name());
    assertEquals("blk.1.rms_norm", plan.splits().get(3).imports().getFirst().name());
  }

  @Test
  void weightsPullTheirConsumers() {
    Device gpu = new NullDevice("gpu", _ -> true);
    PlacementPolicy policy =
        new PlacementPolicy(
            (source, _) -> wish(source.name().startsWith("blk.0.") ? EVERYTHING : gpu),
            PlacementPolicy.Fallback.ALLOW);
    ExecutionPlan plan = ExecutionPlan.of(layers(4), List.of(gpu, EVERYTHING), policy);
    assertEquals(2, plan.splits().size());
    assertEquals(EVERYTHING, plan.splits().getFirst().device());
    assertTrue(plan.report().contains("its weight 'blk.0.weight' is there"), plan.report());
  }

  @Test
  void aNodeThatNoDeviceSupportsIsRefusedWithEachReason() {
    Device none = new NullDevice("npu", op -> !(op instanceof RmsNorm));
    GraphException error =
        assertThrows(GraphException.class, () -> plan(layers(1), MATMUL_ONLY, none));
    assertTrue(
        error.getMessage().startsWith("rms_norm 'blk.0.rms_norm' (F32 [4, 8]): no device supports"),
        error.getMessage());
    assertTrue(error.getMessage().contains("npu (a null device without it)"), error.getMessage());
  }

  @Test
  void fallbackCanBeForbidden() {
    PlacementPolicy policy =
        new PlacementPolicy((_, _) -> wish(MATMUL_ONLY), PlacementPolicy.Fallback.FAIL);
    GraphException error =
        assertThrows(
            GraphException.class,
            () -> ExecutionPlan.of(layers(1), List.of(MATMUL_ONLY, EVERYTHING), policy));
    assertTrue(
        error.getMessage().contains("it belongs on gpu (a null device without it)"),
        error::getMessage);
  }

  @Test
  void fallbacksAreCountedAndNamed() {
    ExecutionPlan plan = plan(layers(2), MATMUL_ONLY, EVERYTHING);
    assertEquals(
        List.of("blk.0.rms_norm", "blk.1.rms_norm"),
        plan.fallbacks().stream().map(placement -> placement.node().name()).toList());
  }

  @Test
  void aLargeBatchIsComputedWhereItsWeightIsNot() {
    Device gpu = new NullDevice("gpu", _ -> true);
    PlacementPolicy policy =
        new PlacementPolicy((_, _) -> wish(EVERYTHING), PlacementPolicy.Fallback.ALLOW, 4);
    ExecutionPlan plan = ExecutionPlan.of(layers(2), List.of(gpu, EVERYTHING), policy);
    List<String> copied =
        plan.splits().stream()
            .filter(split -> split.device() == gpu)
            .flatMap(split -> split.imports().stream())
            .map(Node::name)
            .toList();
    assertTrue(copied.containsAll(List.of("blk.0.weight", "blk.1.weight")), copied::toString);
    assertEquals(0, plan.need(gpu).weightBytes());
    assertTrue(plan.report().contains("4 rows are worth a copy of its weight"), plan::report);
    ExecutionPlan small =
        ExecutionPlan.of(
            layers(2),
            List.of(gpu, EVERYTHING),
            new PlacementPolicy((_, _) -> wish(EVERYTHING), PlacementPolicy.Fallback.ALLOW, 5));
    assertEquals(1, small.splits().size());
  }
}
