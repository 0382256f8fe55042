package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Binary;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Products of the same token that follow each other are one launch, with the bits of single ones,
/// unless one needs what another makes.
final class JoinedProductsTest {
  private static final int BYTES = 1 << 23;
  private static final int LENGTH = 512;
  private static final Op MATMUL = new MatMul();
  private static final Op ADD = new Binary(Binary.Kind.ADD);

  private final GraphBuilder g = new GraphBuilder();
  private CudaDevice device;

  @BeforeEach
  void open() {
    device = Emulation.open();
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Node input(DataType type, long... dims) {
    return g.input("input" + g.build().nodes().size(), type, dims);
  }

  private Node product(Node x, DataType weights, long rows) {
    return g.apply(MATMUL, x, input(weights, rows, x.type().shape().rowLength()));
  }

  private Node biased(Node product) {
    return g.apply(ADD, product, input(DataType.F32, product.type().shape().rowLength()));
  }

  private static Tensor tensor(Node node, Buffer buffer) {
    return Tensor.dense(node.type(), buffer, (node.id() + 1L) << 19);
  }

  private static Step step(Node node, Buffer buffer) {
    List<Tensor> inputs = node.inputs().stream().map(input -> tensor(input, buffer)).toList();
    return new Step(node, inputs, tensor(node, buffer));
  }

  /// Launches of a segment with these steps.
  private int launches(Set<Node> results, Node... nodes) {
    try (Buffer buffer = device.allocate(BYTES)) {
      return run(buffer, results, nodes);
    }
  }

  private int run(Buffer buffer, Set<Node> results, Node... nodes) {
    List<Step> steps = Arrays.stream(nodes).map(node -> step(node, buffer)).toList();
    try (CudaExecutable executable = device.compile(new Segment(steps, results))) {
      executable.run();
      executable.check();
      return executable.commandCount();
    }
  }

  /// What nodes make of the same memory, in one segment or in a segment each.
  private List<byte[]> results(boolean isJoined, List<Node> wanted, Node... nodes) {
    float[] floats = new float[BYTES / Float.BYTES];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (i % 19 - 9) * 0.3f;
    }
    try (Buffer buffer = device.allocate(BYTES)) {
      buffer.upload(0, MemorySegment.ofArray(floats));
      if (isJoined) {
        assertEquals(1, run(buffer, Set.copyOf(wanted), nodes));
      } else {
        for (Node node : nodes) {
          run(buffer, Set.of(node), node);
        }
      }
      List<byte[]> results = new ArrayList<>();
      for (Node node : wanted) {
        byte[] result = new byte[(int) node.type().bytes()];
        tensor(node, buffer).download(MemorySegment.ofArray(result));
        results.add(result);
      }
      return results;
    }
  }

  private void assertJoined(List<Node> wanted, Node... nodes) {
    List<byte[]> joined = results(true, wanted, nodes);
    List<byte[]> single = results(false, wanted, nodes);
    for (int i = 0; i < wanted.size(); i++) {
      assertArrayEquals(single.get(i), joined.get(i), wanted.get(i).toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Q4_K,Q4_K",
    "Q4_K,Q6_K",
    "Q6_K,Q4_K",
    "Q6_K,Q6_K",
    "Q5_K,Q6_K",
    "Q8_0,Q8_0",
    "Q4_0,Q4_0",
    "F16,F16",
    "BF16,BF16"
  })
  void queriesKeysAndValues(DataType first, DataType last) {
    Node x = input(DataType.F32, 1, LENGTH);
    Node query = product(x, first, 37);
    Node key = product(x, first, 8);
    Node value = product(x, last, 17);
    assertJoined(List.of(query, key, value), query, key, value);
  }

  @Test
  void withBiasesOfTheirOwn() {
    Node x = input(DataType.F32, 1, LENGTH);
    Node query = product(x, DataType.Q8_0, 37);
    Node queryBiased = biased(query);
    Node key = product(x, DataType.Q8_0, 16);
    Node keyBiased = biased(key);
    assertJoined(List.of(queryBiased, keyBiased), query, queryBiased, key, keyBiased);
  }

  @Test
  void aProductOfAnotherProductComesAfterIt() {
    Node x = input(DataType.F32, 1, LENGTH);
    Node first = product(x, DataType.Q8_0, LENGTH);
    Node second = product(first, DataType.Q8_0, 8);
    assertEquals(2, launches(Set.of(first, second), first, second));
  }

  @Test
  void aProductOnTopOfAnotherComesAfterIt() {
    Node x = input(DataType.F32, 1, LENGTH);
    Node first = product(x, DataType.Q8_0, 8);
    Node second = product(x, DataType.Q8_0, 8);
    Node sum = g.apply(ADD, first, second);
    assertEquals(2, launches(Set.of(first, sum), first, second, sum));
  }

  @Test
  void productsWithWeightsOfTypesThatNoProgramReadsTogetherAreApart() {
    Node x = input(DataType.F32, 1, LENGTH);
    Node first = product(x, DataType.Q8_0, 8);
    Node second = product(x, DataType.Q6_K, 8);
    assertEquals(2, launches(Set.of(first, second), first, second));
  }

  @Test
  void soAreThoseOfSeveralTokensAndMoreThanThree() {
    Node tokens = input(DataType.F32, 2, LENGTH);
    Node one = product(tokens, DataType.Q8_0, 8);
    Node other = product(tokens, DataType.Q8_0, 8);
    assertEquals(2, launches(Set.of(one, other), one, other));
    Node x = input(DataType.F32, 1, LENGTH);
    Node[] four = new Node[4];
    Arrays.setAll(four, i -> product(x, DataType.Q8_0, 8));
    assertEquals(2, launches(Set.of(four), four));
  }
}
