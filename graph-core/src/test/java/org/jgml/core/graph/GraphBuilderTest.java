package org.jgml.core.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.op.ErrorSample;
import org.jgml.core.op.Input;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class GraphBuilderTest {
  private final GraphBuilder g = new GraphBuilder();

  @Test
  void namesComeFromScopesOrAreCounted() {
    Node x = g.input("x", DataType.F32, 2, 4);
    GraphBuilder layer = g.scope("blk.3");
    assertEquals("blk.3.add", layer.add(x, x).name());
    assertEquals("blk.3.add.1", layer.add(x, x).name());
    assertEquals("blk.3.attn_norm", layer.named("attn_norm").mul(x, x).name());
    assertEquals("mul", g.mul(x, x).name());
  }

  @Test
  void aNameIsGivenOnce() {
    Node x = g.input("x", DataType.F32, 2);
    g.named("twice").add(x, x);
    GraphException error = assertThrows(GraphException.class, () -> g.named("twice").add(x, x));
    assertTrue(
        error.getMessage().startsWith("add 'twice': the graph has a node"), error::getMessage);
  }

  @Test
  void aWrongCallIsRefusedWithOperandsAndAFix() {
    Node x = g.input("x", DataType.F32, 7, 2048);
    Node weights = g.weight("w", TensorType.of(DataType.Q4_0, 2048, 8192));
    GraphException error =
        assertThrows(
            GraphException.class, () -> g.scope("blk.3").named("ffn_up").matmul(x, weights));
    assertEquals(
        "matmul 'blk.3.ffn_up': inner dimensions differ (2048 and 8192). Operands: x=F32 [7, 2048],"
            + " weights=Q4_0 [2048, 8192]. Fix: weights are [n, k]; transpose them if they were"
            + " stored [k, n]. Built at GraphBuilderTest.java:LINE.",
        error.getMessage().replaceAll("\\d+\\.$", "LINE."));
  }

  @TestFactory
  Stream<DynamicTest> everyErrorSampleIsRefusedWhereItIsBuilt() {
    return OpTable.all().stream()
        .flatMap(spec -> spec.errorSamples().stream())
        .map(
            each -> DynamicTest.dynamicTest(each.op() + ": " + each.message(), () -> refuse(each)));
  }

  private static void refuse(ErrorSample sample) {
    GraphBuilder builder = new GraphBuilder();
    List<Node> operands = sample.operands().stream().map(t -> builder.apply(new Input(t))).toList();
    GraphException error =
        assertThrows(
            GraphException.class, () -> builder.apply(sample.op(), operands.toArray(Node[]::new)));
    assertTrue(error.getMessage().contains(sample.message()), error::getMessage);
    assertTrue(error.getMessage().contains(". Operands: "), error::getMessage);
    assertTrue(error.getMessage().contains(". Fix: "), error::getMessage);
  }

  @Test
  void whatWasOverwrittenCannotBeRead() {
    Node state = g.state("cache", TensorType.of(DataType.F32, 8, 4));
    Node view = g.reshape(state, 32);
    Node rows = g.input("rows", DataType.F32, 2, 4);
    Node written = g.setRows(state, rows, g.input("indices", DataType.I32, 2));
    GraphException error = assertThrows(GraphException.class, () -> g.scale(view, 2, 0));
    assertTrue(
        error.getMessage().contains("'reshape' was overwritten by 'set_rows'"), error::getMessage);
    assertEquals(TensorType.of(DataType.F32, 8, 4), g.scale(written, 2, 0).type());
  }

  @Test
  void nodesOfAnotherGraphAreRefused() {
    Node stranger = new GraphBuilder().input("x", DataType.F32, 2);
    g.input("y", DataType.F32, 2);
    GraphException error = assertThrows(GraphException.class, () -> g.scale(stranger, 2, 0));
    assertTrue(error.getMessage().contains("belongs to another graph"), error::getMessage);
  }

  @Test
  void outputsOfAnotherGraphAreRefused() {
    Node stranger = new GraphBuilder().input("x", DataType.F32, 2);
    String expected =
        "input 'x': 'x' belongs to another graph. Operands: none. Fix: build each graph with one"
            + " builder and its scopes.";
    assertEquals(
        expected, assertThrows(GraphException.class, () -> g.build(stranger)).getMessage());
    assertEquals(
        expected, assertThrows(GraphException.class, () -> g.buildNeeded(stranger)).getMessage());
  }

  @Test
  void anOperandThatIsNullIsNamed() {
    Node x = g.input("x", DataType.F32, 2);
    NullPointerException error = assertThrows(NullPointerException.class, () -> g.add(x, null));
    assertEquals("add 'add': operand 1 of [a, b] is null", error.getMessage());
  }

  @Test
  void aConstantOfTooFewValuesIsRefused() {
    GraphException error = assertThrows(GraphException.class, () -> g.constant(Shape.of(3), 1));
    assertTrue(
        error
            .getMessage()
            .startsWith(
                "constant 'constant': 1 values for the shape [3], which has 3. Operands: none."),
        error::getMessage);
  }

  @Test
  void aNameThatIsTakenIsToldWithWhatHasIt() {
    g.weight("w", TensorType.of(DataType.F32, 4));
    GraphException error =
        assertThrows(GraphException.class, () -> g.weight("w", TensorType.of(DataType.F16, 4)));
    assertTrue(
        error.getMessage().contains("a node of this name already, weight 'w' (F32 [4])"),
        error::getMessage);
  }

  @Test
  void aWeightIsOneNodeHoweverOftenItIsNamed() {
    TensorType type = TensorType.of(DataType.F32, 4);
    assertSame(g.weight("w", type), g.scope("blk.0").weight("w", type));
  }

  @Test
  void rotationAnglesAreComputedOnceForAllLayers() {
    Node x = g.input("x", DataType.F32, 2, 3, 8);
    Node positions = g.input("positions", DataType.I32, 2);
    RopeAngles angles = new RopeAngles(8, 10000, RopeScaling.NONE, false);
    Node first = g.rope(Rope.Style.NORMAL, x, angles, positions);
    Node second = g.rope(Rope.Style.NORMAL, first, angles, positions);
    assertSame(first.input(1), second.input(1));
  }

  @Test
  void tracingRemembersTheCallersLine() {
    g.trace(true);
    Node x = g.input("x", DataType.F32, 2);
    StackTraceElement caller = g.add(x, x).caller().orElseThrow();
    assertEquals("tracingRemembersTheCallersLine", caller.getMethodName());
    assertTrue(new GraphBuilder().input("y", DataType.F32, 2).caller().isEmpty());
  }

  @Test
  void refusalsNameTheCallersLineEvenWithoutTracing() {
    Node x = g.input("x", DataType.F32, 2);
    GraphException error = assertThrows(GraphException.class, () -> g.scale(x, Float.NaN, 0));
    assertTrue(
        error.getMessage().matches("(?s).* Fix: .* Built at GraphBuilderTest\\.java:\\d+\\."),
        error::getMessage);
  }

  @Test
  void dumpsNameTheLinesThatWereTraced() {
    g.trace(true);
    Graph graph = g.build(g.named("double").scale(g.input("x", DataType.F32, 2), 2, 0));
    String text = GraphPrinter.text(graph);
    assertTrue(
        text.lines().filter(line -> line.matches(".* at GraphBuilderTest\\.java:\\d+")).count()
            == 2,
        text);
    String dot = GraphPrinter.dot(graph);
    assertTrue(dot.contains("\\nGraphBuilderTest.java:"), dot);
  }

  @GraphVocabulary
  private static final class Words {
    static Node doubled(GraphBuilder g, Node x) {
      return g.add(x, x);
    }
  }

  @Test
  void tracingSkipsWhatIsMarkedAsVocabulary() {
    g.trace(true);
    Node x = g.input("x", DataType.F32, 2);
    StackTraceElement caller = Words.doubled(g, x).caller().orElseThrow();
    assertEquals("tracingSkipsWhatIsMarkedAsVocabulary", caller.getMethodName());
  }

  @Test
  void extentsAreNotInferred() {
    Node x = g.input("x", DataType.F32, 2, 4);
    GraphException error = assertThrows(GraphException.class, () -> g.reshape(x, 2, -1));
    assertEquals(
        "reshape of 'x': negative extent in [2, -1]: each is given, none is inferred. Operands:"
            + " x=F32 [2, 4]. Fix: give each extent.",
        error.getMessage());
  }

  @Test
  void namesMayHoldAnything() {
    Node x = g.input("x", DataType.F32, 2);
    Graph graph = g.build(g.named("a \"b\" \\ c\nd").scale(x, 2, 0));
    String dot = GraphPrinter.dot(graph);
    assertTrue(dot.contains("label=\"a \\\"b\\\" \\\\ c?d\\nscale"), dot);
    assertEquals(3, GraphPrinter.text(graph).lines().count());
  }

  @Test
  void textAndDotShowEveryNode() {
    Node x = g.input("x", DataType.F32, 2, 4);
    Graph graph = g.build(g.scope("blk.0").named("double").scale(x, 2, 0));
    assertTrue(GraphPrinter.text(graph).contains("blk.0.double"), () -> GraphPrinter.text(graph));
    assertTrue(GraphPrinter.text(graph).contains("scale{factor=2.0, bias=0.0}(x)"));
    assertTrue(GraphPrinter.dot(graph).contains("n0 -> n1;"), () -> GraphPrinter.dot(graph));
  }

  @Test
  void theVerifierAcceptsWhatTheBuilderMakes() {
    Node x = g.input("x", DataType.F32, 2, 4);
    Graph graph = g.build(g.softmax(g.add(x, x)));
    assertSame(graph, GraphVerifier.verify(graph));
  }

  @Test
  void theVerifierFindsNodesInTheWrongOrder() {
    Node x = g.input("x", DataType.F32, 2, 4);
    Node y = g.add(x, x);
    Graph wrong = new Graph(List.of(y, x), List.of(y));
    assertThrows(GraphException.class, () -> GraphVerifier.verify(wrong));
  }
}
