package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Rope;
import org.jgml.core.op.SetRows;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rotated queries, rotated keys and values on their way to their caches are one launch, with the
/// bits of single ones, unless a cache holds blocks, or one needs what another makes.
final class JoinedRotationTest {
  private static final int BYTES = 1 << 20;

  /// Bytes from one tensor to the next, unless it has a place.
  private static final long DISTANCE = 1 << 15;

  private static final int CAPACITY = 48;
  private static final int TOGETHER = 1;
  private static final int APART = 3;

  private final GraphBuilder g = new GraphBuilder();
  private final Map<Node, Long> places = new HashMap<>();
  private CudaDevice device;

  @BeforeEach
  void open() {
    device = Emulation.open();
  }

  @AfterEach
  void close() {
    Emulation.breakWith(0);
    device.close();
  }

  private Node input(DataType type, long... dims) {
    return g.input("input" + g.build().nodes().size(), type, dims);
  }

  private Node cache(DataType type) {
    return input(type, CAPACITY, 96);
  }

  private Node rotation(Rope.Style style, DataType type, int heads, Node angles) {
    long tokens = angles.type().shape().dim(0);
    return g.apply(new Rope(style), input(type, tokens, heads, 48), angles);
  }

  private Node stored(Node cache, Node rows, Node indices) {
    return g.apply(new SetRows(), cache, rows, indices);
  }

  /// What tokens do before attention, a third of each head not rotated.
  private record Nodes(Node query, Node turned, Node key, Node value) {
    Node[] inOrder() {
      return new Node[] {query, turned, key, value};
    }

    Node indices() {
      return key.input(2);
    }
  }

  private Nodes nodes(Rope.Style style, DataType queries, int tokens, Node keys, Node values) {
    Node angles = input(DataType.F32, tokens, 16, 2);
    Node indices = input(DataType.I32, tokens);
    Node query = rotation(style, queries, 4, angles);
    Node turned = rotation(style, DataType.F32, 2, angles);
    Node key = stored(keys, g.reshape(turned, tokens, 96), indices);
    return new Nodes(query, turned, key, stored(values, input(DataType.F32, tokens, 96), indices));
  }

  private Nodes nodes(int tokens, Node keys, Node values) {
    return nodes(Rope.Style.NEOX, DataType.F32, tokens, keys, values);
  }

  private long place(Node node) {
    return places.getOrDefault(node, (node.id() + 1L) * DISTANCE);
  }

  private Tensor tensor(Node node, Buffer buffer) {
    Node owner = node.op() instanceof SetRows ? node.input(0) : node.viewed();
    Tensor tensor = Tensor.dense(owner.type(), buffer, place(owner));
    return tensor.view(node.type(), Layout.dense(node.type().shape()));
  }

  private Step step(Node node, Buffer buffer) {
    List<Tensor> inputs = node.inputs().stream().map(input -> tensor(input, buffer)).toList();
    return new Step(node, inputs, tensor(node, buffer));
  }

  private int run(Buffer buffer, Set<Node> results, Node... nodes) {
    List<Step> steps = Arrays.stream(nodes).map(node -> step(node, buffer)).toList();
    try (CudaExecutable executable = device.compile(new Segment(steps, results))) {
      executable.run();
      executable.check();
      return executable.commandCount();
    }
  }

  /// Rows in no order, each once.
  private static int[] rows(int tokens) {
    return IntStream.range(0, tokens).map(token -> (7 * token + 5) % CAPACITY).toArray();
  }

  /// The memory after nodes have run in it, in so many launches, or one by one if that is 0; what
  /// the rotation of keys leaves behind when it runs by itself does not count.
  private byte[] memory(int launches, int[] rows, Nodes nodes) {
    float[] floats = new float[BYTES / Float.BYTES];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (i % 19 - 9) * 0.3f;
    }
    try (Buffer buffer = device.allocate(BYTES)) {
      buffer.upload(0, MemorySegment.ofArray(floats));
      buffer.upload(place(nodes.indices()), MemorySegment.ofArray(rows));
      if (launches > 0) {
        Set<Node> results = Set.of(nodes.query(), nodes.key(), nodes.value());
        assertEquals(launches, run(buffer, results, nodes.inOrder()));
      } else {
        for (Node node : nodes.inOrder()) {
          run(buffer, Set.of(node), node);
        }
      }
      byte[] turned = new byte[(int) nodes.turned().type().bytes()];
      buffer.upload(place(nodes.turned()), MemorySegment.ofArray(turned));
      byte[] memory = new byte[BYTES];
      buffer.download(0, MemorySegment.ofArray(memory));
      return memory;
    }
  }

  private void assertSameBits(int launches, Nodes nodes) {
    int[] rows = rows((int) nodes.indices().type().shape().elements());
    assertArrayEquals(memory(0, rows, nodes), memory(launches, rows, nodes));
  }

  @ParameterizedTest
  @CsvSource({
    "NEOX,1,F16,F16",
    "NORMAL,2,F16,F16",
    "NEOX,40,F32,BF16",
    "NORMAL,40,BF16,F32",
  })
  void queriesKeysAndValues(Rope.Style style, int tokens, DataType keys, DataType values) {
    assertSameBits(TOGETHER, nodes(style, DataType.F32, tokens, cache(keys), cache(values)));
  }

  /// The program for all devices.
  @ParameterizedTest
  @ValueSource(ints = {1, 40})
  void withoutDependentLaunches(int tokens) {
    device.close();
    device = Emulation.open(new CudaOptions(Products.TENSOR, true, false, false, false));
    assertSameBits(TOGETHER, nodes(tokens, cache(DataType.F16), cache(DataType.F16)));
  }

  @ParameterizedTest
  @CsvSource({"F32,Q8_0,Q8_0", "F32,F16,Q8_0", "F32,Q8_0,F16", "F16,F16,F16"})
  void apartWhereACacheHoldsBlocksOrQueriesAreNoFloats(
      DataType queries, DataType keys, DataType values) {
    assertSameBits(APART, nodes(Rope.Style.NEOX, queries, 2, cache(keys), cache(values)));
  }

  /// Two windows of one piece of memory, side by side or with elements in common, or one cache.
  @ParameterizedTest
  @CsvSource({"4608,1", "4607,3", "0,3"})
  void cachesInOneBuffer(int elementsBetween, int launches) {
    Node keys = cache(DataType.F16);
    Node values = cache(DataType.F16);
    places.put(values, place(keys) + DataType.F16.bytes(elementsBetween));
    assertSameBits(launches, nodes(2, keys, values));
  }

  @Test
  void queriesTurnInTheirPlace() {
    Nodes nodes = nodes(2, cache(DataType.F16), cache(DataType.F16));
    places.put(nodes.query(), place(nodes.query().input(0)));
    assertSameBits(TOGETHER, nodes);
  }

  @Test
  void noneWritesWhatAnotherReadsOrWrites() {
    Nodes nodes = nodes(2, cache(DataType.F32), cache(DataType.F32));
    Node keys = nodes.key().input(0);
    Node values = nodes.value().input(0);
    Node query = nodes.query().input(0);
    Node key = nodes.turned().input(0);
    Node value = nodes.value().input(1);
    Map<Node, List<Node>> others =
        Map.of(
            nodes.query(),
            List.of(key, value, keys, values),
            keys,
            List.of(query, value),
            values,
            List.of(query, key));
    others.forEach((written, used) -> {
      for (Node each : used) {
        places.put(written, place(each));
        assertSameBits(APART, nodes);
        places.clear();
      }
    });
  }

  @Test
  void rotatedQueriesThatAreStoredAsValuesComeBefore() {
    Node angles = input(DataType.F32, 2, 16, 2);
    Node indices = input(DataType.I32, 2);
    Node query = rotation(Rope.Style.NEOX, DataType.F32, 2, angles);
    Node turned = rotation(Rope.Style.NEOX, DataType.F32, 2, angles);
    Node key = stored(cache(DataType.F16), g.reshape(turned, 2, 96), indices);
    Node value = stored(cache(DataType.F16), g.reshape(query, 2, 96), indices);
    assertSameBits(APART, new Nodes(query, turned, key, value));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIndexThatIsNoRowIsToldWithItsStep(boolean isOfValue) {
    Nodes nodes = nodes(2, cache(DataType.F16), input(DataType.F16, isOfValue ? 40 : 48, 96));
    int[] rows = {5, isOfValue ? 44 : 48};
    DeviceException error =
        assertThrows(DeviceException.class, () -> memory(TOGETHER, rows, nodes));
    String index = ": index %d is out of range".formatted(rows[1]);
    assertTrue(
        error.getMessage().startsWith(nodes.value() + index)
            || !isOfValue && error.getMessage().startsWith(nodes.key() + index),
        error.getMessage());
  }
}
