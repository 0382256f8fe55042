package org.jgml.core.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.DelayedDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Pages;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.HostFunction;
import org.jgml.core.op.Weight;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.core.schedule.Wish;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Runs on devices that do everything some time later, and on one that is lost.
final class AsynchronousDeviceTest {
  private static final TensorType WEIGHT = TensorType.of(DataType.F32, 4);
  private static final Weights TWOS =
      _ -> Optional.of(MemorySegment.ofArray(new float[] {2, 2, 2, 2}));

  private final DelayedDevice first = new DelayedDevice("first", 1);
  private final DelayedDevice second = new DelayedDevice("second", 2);
  private final Device host = new ReferenceDevice("host");
  private final LoadedWeights weights = new LoadedWeights(TWOS);

  @AfterEach
  void nothingIsLeftOpen() {
    weights.close();
    assertEquals(0, first.openObjects(), "left open on the first device");
    assertEquals(0, second.openObjects(), "left open on the second device");
    first.close();
    second.close();
  }

  /// `sum = w3 · (w2 · (w1 · x))` added to what earlier runs left in a state.
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, 4);
    for (int i = 1; i <= 3; i++) {
      x = g.mul(x, g.weight("w" + i, WEIGHT));
    }
    Node state = g.state("sum", TensorType.of(DataType.F32, 1, 4));
    Node sum = g.add(state, x);
    return g.build(g.named("y").setRows(state, sum, g.input("row", DataType.I32, 1)));
  }

  /// The weights w1, w2 and w3 on three devices.
  private static ExecutionPlan plan(Device w1, Device w2, Device w3) {
    List<Device> devices = List.of(w1, w2, w3);
    PlacementPolicy policy =
        new PlacementPolicy((source, _) -> wish(source, devices), Fallback.ALLOW);
    return ExecutionPlan.of(graph(), devices.stream().distinct().toList(), policy);
  }

  private static Optional<Wish> wish(Node source, List<Device> devices) {
    return source.op() instanceof Weight
        ? Optional.of(new Wish(devices.get(source.name().charAt(1) - '1'), "test"))
        : Optional.empty();
  }

  private static void start(Execution execution, float x) {
    execution.write("x", x, 0, 0, x);
    execution.write("row", 0);
    execution.run();
  }

  private static void assertSums(ExecutionPlan plan, LoadedWeights weights) {
    try (Session session = new Session(weights)) {
      Execution execution = session.execution(plan);
      for (int x = 1; x <= 20; x++) {
        start(session.execution(plan), x);
      }
      assertArrayEquals(new float[] {1680, 0, 0, 1680}, execution.readFloats("y"));
    }
  }

  @Test
  void aRunOnOneDeviceCostsOneWait() {
    try (Session session = new Session(weights)) {
      ExecutionPlan plan = plan(first, first, first);
      for (int x = 1; x <= 5; x++) {
        long before = first.waits();
        start(session.execution(plan), x);
        session.execution(plan).readFloats("y");
        assertEquals(1, first.waits() - before);
      }
      assertEquals(new RunCounters(5, 5, 0), session.counters());
    }
  }

  @Test
  void runsFollowEachOtherWithoutAWait() {
    ExecutionPlan plan = plan(first, second, first);
    try (Session session = new Session(weights)) {
      for (int x = 1; x <= 20; x++) {
        start(session.execution(plan), x);
      }
      assertEquals(0, first.waits() + second.waits());
      assertArrayEquals(new float[] {1680, 0, 0, 1680}, session.execution(plan).readFloats("y"));
    }
  }

  @Test
  void twoAsynchronousDevicesFeedEachOther() {
    assertSums(plan(first, second, first), weights);
  }

  /// 20 runs of three devices each, so that a value may be overwritten before it was fetched.
  @Test
  void devicesThatReachEachOtherNeedNoHostMemory() {
    DelayedDevice.connect(first, second);
    assertSums(plan(first, second, first), weights);
    assertEquals(0, first.hostBytes() + second.hostBytes());
    assertEquals(20 * 4 * Float.BYTES, first.peerBytes());
    assertEquals(20 * 4 * Float.BYTES, second.peerBytes());
  }

  @Test
  void aDeviceThatIsLostIsToldOfThroughThoseItReaches() {
    DelayedDevice.connect(first, second);
    try (Session session = new Session(weights)) {
      ExecutionPlan plan = plan(first, second, second);
      start(session.execution(plan), 1);
      session.execution(plan).readFloats("y");
      first.failAfter(1);
      start(session.execution(plan), 2);
      DeviceException error =
          assertThrows(DeviceException.class, () -> session.execution(plan).readFloats("y"));
      assertEquals("first: lost on command. Fix: use another device.", error.getMessage());
    }
  }

  @Test
  void theHostTakesPart() {
    assertSums(plan(first, host, second), weights);
    assertSums(plan(host, first, host), weights);
  }

  /// `y = w2 · f(w1 · x) + w3`, where f adds how often it was called.
  private static ExecutionPlan calling(Device device) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.mul(g.input("x", DataType.F32, 1, 4), g.weight("w1", WEIGHT));
    HostCall call = HostCall.bound("f", TensorType.of(DataType.F32, 1, 4), "x");
    Node called = g.mul(g.named("called").apply(call, x), g.weight("w2", WEIGHT));
    Graph graph = g.build(g.named("y").add(called, g.weight("w3", WEIGHT)));
    return ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
  }

  private static HostFunction counting(AtomicInteger calls) {
    return (operands, result) -> {
      int number = calls.incrementAndGet();
      for (int i = 0; i < 4; i++) {
        float value = operands.getFirst().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        result.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + number);
      }
    };
  }

  @Test
  void theHostIsCalledWithoutAWait() {
    for (boolean callsHost : new boolean[] {true, false}) {
      first.callHost(callsHost);
      AtomicInteger calls = new AtomicInteger();
      try (Session session = new Session(weights)) {
        session.bind("f", counting(calls));
        Execution execution = session.execution(calling(first));
        long before = first.waits();
        for (int x = 1; x <= 20; x++) {
          execution.write("x", (float) x, 0, 0, x);
          execution.run();
        }
        assertEquals(callsHost ? 0 : 20, first.waits() - before);
        assertArrayEquals(new float[] {122, 42, 42, 122}, execution.readFloats("y"));
        assertEquals(20, calls.get());
      }
    }
  }

  /// `y = w · after(before(w · x)) + w`, and a call besides whose result nobody reads. Each call
  /// adds how often it was called.
  private static ExecutionPlan callingInTurn(Device device) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.mul(g.input("x", DataType.F32, 1, 4), g.weight("w", WEIGHT));
    TensorType type = TensorType.of(DataType.F32, 1, 4);
    Node before = g.named("found").apply(HostCall.bound("before", type, "x"), x);
    // Work between the calls, which neither waits for.
    Node between = g.mul(x, g.weight("w", WEIGHT));
    Node after = g.named("there").apply(HostCall.bound("after", type, "found"), before);
    Node sum = g.add(g.mul(after, g.weight("w", WEIGHT)), between);
    g.named("noted").apply(HostCall.bound("note", type, "sum"), sum);
    Graph graph = g.build(g.named("y").add(sum, g.weight("w", WEIGHT)));
    return ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
  }

  /// Runs follow each other without a wait, so that a call could meet the operands of the next run.
  @Test
  void callsPassValuesToEachOtherBesideTheStream() {
    for (boolean callsHost : new boolean[] {true, false}) {
      first.callHost(callsHost);
      List<String> order = Collections.synchronizedList(new ArrayList<>());
      List<Float> noted = Collections.synchronizedList(new ArrayList<>());
      List<Float> wanted = new ArrayList<>();
      try (Session session = new Session(weights)) {
        session.bind("before", adding(1, order, "before"));
        session.bind("after", adding(10, order, "after"));
        session.bind(
            "note",
            (operands, _) -> {
              noted.add(operands.getFirst().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
              order.add("note");
            });
        Execution execution = session.execution(callingInTurn(first));
        for (int x = 0; x < 20; x++) {
          execution.write("x", (float) x, 0, 0, 0);
          execution.run();
          // 2 · (2 · x + 11) + 4 · x
          wanted.add(8f * x + 22);
        }
        assertArrayEquals(new float[] {176, 24, 24, 24}, execution.readFloats("y"));
        assertEquals(wanted, noted);
        assertEquals(
            Collections.nCopies(20, List.of("before", "after", "note")).stream()
                .flatMap(List::stream)
                .toList(),
            order);
      }
    }
  }

  private static HostFunction adding(float number, List<String> order, String name) {
    return (operands, result) -> {
      for (int i = 0; i < 4; i++) {
        float value = operands.getFirst().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        result.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + number);
      }
      order.add(name);
    };
  }

  @Test
  void whatCodeOfTheHostThrowsIsToldOnceByWhoeverWaits() {
    try (Session session = new Session(weights)) {
      session.bind(
          "f",
          (_, _) -> {
            throw new IllegalStateException("disk full");
          });
      Execution execution = session.execution(calling(first));
      execution.write("x", new float[4]);
      execution.run();
      assertEquals(
          "disk full", assertThrows(IllegalStateException.class, execution::settle).getMessage());
      execution.settle();
      execution.run();
      assertThrows(IllegalStateException.class, () -> execution.readFloats("y"));
    }
  }

  @Test
  void crossingsAreCounted() {
    try (Session session = new Session(weights)) {
      ExecutionPlan plan = plan(first, host, first);
      start(session.execution(plan), 1);
      session.execution(plan).readFloats("y");
      assertEquals(new RunCounters(1, 2, 2 * 4 * Float.BYTES), session.counters());
    }
  }

  @Test
  void aLostDeviceEndsOnlyTheSessionsThatUseIt() {
    ExecutionPlan lost = plan(first, host, first);
    ExecutionPlan healthy = plan(second, host, second);
    try (Session one = new Session(weights);
        Session other = new Session(weights)) {
      start(one.execution(lost), 1);
      one.execution(lost).readFloats("y");
      start(other.execution(healthy), 1);
      first.failAfter(3);
      DeviceException error =
          assertThrows(
              DeviceException.class,
              () -> {
                start(one.execution(lost), 2);
                one.execution(lost).readFloats("y");
              });
      assertEquals("first: lost on command. Fix: use another device.", error.getMessage());
      start(other.execution(healthy), 2);
      float[] sum = other.execution(healthy).readFloats("y");
      assertArrayEquals(new float[] {24, 0, 0, 24}, sum);
    }
  }

  @Test
  void aDeviceWithoutMemoryLeavesNothingBehind() {
    DelayedDevice small = new DelayedDevice("small", 3, 40, _ -> true);
    try (LoadedWeights own = new LoadedWeights(TWOS);
        Session session = new Session(own)) {
      ExecutionPlan plan = plan(first, small, first);
      assertThrows(DeviceException.class, () -> session.execution(plan));
    }
    assertEquals(0, small.openObjects());
    small.close();
  }

  @Test
  void pagesOfTheHostAreGatheredBesideTheMainStream() {
    try (HostMemory pages = first.allocateHost(64);
        Buffer pool = first.allocate(64);
        DeviceEvent idle = first.newEvent();
        DeviceEvent loaded = first.newEvent();
        DeviceStream copies = first.openStream()) {
      for (int i = 0; i < 8; i++) {
        pages.segment().setAtIndex(ValueLayout.JAVA_LONG, i, i);
      }
      first.mainStream().record(idle);
      copies.waitFor(idle);
      copies.gather(pool, pages.segment(), new Pages(16, new long[] {48, 0}, new long[] {0, 32}));
      copies.record(loaded);
      first.mainStream().waitFor(loaded);
      long[] values = new long[8];
      pool.download(0, MemorySegment.ofArray(values));
      assertArrayEquals(new long[] {6, 7, 0, 0, 0, 1, 0, 0}, values);
      assertTrue(loaded.isReached());
    }
  }
}
