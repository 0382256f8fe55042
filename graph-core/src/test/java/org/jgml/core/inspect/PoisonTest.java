package org.jgml.core.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.op.Binary;
import org.jgml.core.op.MatMul;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.junit.jupiter.api.Test;

final class PoisonTest {
  private final Device device = new ReferenceDevice();

  /// Remembers an operand of one node and looks at it again when the next node has run.
  private static final class StaleReader implements Observer {
    private ObservedNode reader;
    private TensorStatistics stale;

    @Override
    public void after(ObservedNode node, long nanos) {
      if (node.step().node().name().equals("blk.0.store")) {
        reader = node;
      } else if (reader != null && stale == null) {
        stale = TensorStatistics.of(reader.step().input(1));
      }
    }
  }

  @Test
  void freedIntermediatesBecomeNan() {
    StaleReader reader = new StaleReader();
    Poison poison = new Poison();
    Observer both = Observer.all(List.of(poison, reader));
    SmallDecoder.inspection().run(both, device);
    assertEquals(80, reader.stale.nans(), "the rows that were stored, once nothing reads them");
    assertEquals(List.of(), poison.findings());
  }

  @Test
  void everyRunIsPoisonedAnew() {
    Poison poison = new Poison();
    Device faulty = new FaultyDevice("blk.0.query", FaultyDevice.Fault.UNWRITTEN_ROW);
    ExecutionPlan plan =
        ExecutionPlan.of(
            SmallDecoder.graph(), List.of(faulty), PlacementPolicy.firstThatSupports());
    try (Session session = new Session()) {
      for (int run = 0; run < 2; run++) {
        Execution execution = session.observed(plan, poison);
        SmallDecoder.write(execution);
        execution.run();
      }
    }
    assertTrue(poison.findings().size() >= 2, poison.findings().toString());
    long found =
        poison.findings().stream().filter(each -> each.node().equals("blk.0.query")).count();
    assertEquals(2, found);
  }

  @Test
  void valuesThatMoveBetweenDevicesArePoisonedOnlyWhereTheyAreDead() {
    Device matmuls = new Choosy("matmuls", op -> op instanceof MatMul || op instanceof Binary);
    float[] expected = result(new Observer() {}, device);
    assertArrayEquals(expected, result(new Poison(), matmuls, device));
    Poison poison = new Poison();
    SmallDecoder.inspection().run(poison, matmuls, device);
    assertEquals(List.of(), poison.findings());
  }

  private static float[] result(Observer observer, Device... devices) {
    ExecutionPlan plan =
        ExecutionPlan.of(
            SmallDecoder.graph(), List.of(devices), PlacementPolicy.firstThatSupports());
    try (Session session = new Session()) {
      Execution execution = session.observed(plan, observer);
      SmallDecoder.write(execution);
      execution.run();
      return execution.readFloats("y");
    }
  }
}
