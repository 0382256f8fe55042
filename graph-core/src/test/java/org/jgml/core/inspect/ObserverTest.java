package org.jgml.core.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jgml.core.backend.DelayedDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.junit.jupiter.api.Test;

final class ObserverTest {
  private final Device device = new ReferenceDevice();

  private ExecutionPlan plan(Observer observer) {
    return ExecutionPlan.of(
        SmallDecoder.graph(),
        List.of(device),
        PlacementPolicy.firstThatSupports(),
        observer::retains);
  }

  private float[] result(Observer observer) {
    try (Session session = new Session()) {
      Execution execution = session.observed(plan(observer), observer);
      SmallDecoder.write(execution);
      execution.run();
      return execution.readFloats("y");
    }
  }

  private float[] unobserved() {
    try (Session session = new Session()) {
      Execution execution = session.execution(plan(new Observer() {}));
      SmallDecoder.write(execution);
      execution.run();
      return execution.readFloats("y");
    }
  }

  @Test
  void observingDoesNotChangeABit() {
    float[] expected = unobserved();
    List<Observer> observers =
        List.of(
            new NodeTrace(Pattern.compile(""), _ -> {}),
            new NanFinder(),
            new Poison(),
            new Timeline(),
            new DeviceComparison(new ReferenceDevice("other"), OptionalDouble.empty()));
    for (Observer observer : observers) {
      assertArrayEquals(expected, result(observer), observer.toString());
    }
    assertArrayEquals(expected, result(Observer.all(observers)));
  }

  @Test
  void everyNodeIsShownOnceInOrder() {
    List<String> lines = new ArrayList<>();
    result(new NodeTrace(Pattern.compile("^blk\\.0\\."), lines::add));
    assertEquals(8, lines.size(), lines.toString());
    assertTrue(
        lines
            .getFirst()
            .matches(
                "blk\\.0\\.norm rms_norm F32 \\[5, 16\\] at SmallDecoder\\.java:\\d+: min -.*"),
        lines.get(0));
    assertTrue(lines.getFirst().contains(" nan 0 inf 0 first ["), lines.getFirst());
  }

  @Test
  void anObserverThatHasSeenEnoughEndsTheRun() {
    List<ObservedNode> seen = new ArrayList<>();
    Observer three =
        new Observer() {
          @Override
          public boolean isFinished() {
            return seen.size() == 3;
          }

          @Override
          public void after(ObservedNode node, long nanos) {
            seen.add(node);
          }
        };
    result(three);
    assertEquals(3, seen.size());
    result(Observer.all(List.of(three, new Observer() {})));
    assertEquals(12, seen.size(), "another observer wants the rest");
  }

  @Test
  void retainedNodesCanBeReadAfterANormalRun() {
    ExecutionPlan plan =
        ExecutionPlan.of(
            SmallDecoder.graph(),
            List.of(device),
            PlacementPolicy.firstThatSupports(),
            node -> node.name().equals("blk.0.residual"));
    try (Session session = new Session()) {
      Execution execution = session.execution(plan);
      SmallDecoder.write(execution);
      execution.run();
      assertEquals(80, execution.readFloats("blk.0.residual").length);
      assertArrayEquals(unobserved(), execution.readFloats("y"));
    }
    assertEquals(1, plan.retained().size());
  }

  @Test
  void retainingUsesMoreMemory() {
    long normal = plan(new Observer() {}).memory(device).arenaBytes();
    long retained = plan(new NanFinder()).memory(device).arenaBytes();
    assertTrue(retained > normal, retained + " > " + normal);
  }

  @Test
  void anObservedExecutionIsNotTheNormalOne() {
    Observer observer = new Observer() {};
    ExecutionPlan plan = plan(observer);
    try (Session session = new Session()) {
      Execution normal = session.execution(plan);
      Execution observed = session.observed(plan, observer);
      assertNotEquals(normal, observed);
      assertSame(normal, session.execution(plan));
      assertSame(observed, session.observed(plan, observer));
    }
  }

  /// Each command of such a device takes a while after it was asked for.
  @Test
  void theTimeOfANodeIsTheDevicesAndNotThatOfAskingForIt() {
    try (DelayedDevice delayed = new DelayedDevice("delayed", 5)) {
      Timeline timeline = new Timeline();
      long waits = delayed.waits();
      SmallDecoder.inspection().run(timeline, delayed);
      int nodes = timeline.entries().size();
      assertEquals(9, nodes);
      assertTrue(delayed.waits() - waits >= nodes, delayed.waits() + " waits");
    }
  }
}
