package org.jgml.core.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Weights;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;

/// Faults planted in a kernel are found by one call each, with the output that docs/debugging.md
/// shows.
final class PlantedFaultsTest {
  private final Inspection inspection = SmallDecoder.inspection();
  private final Device reference = new ReferenceDevice();

  /// Fails unless docs/debugging.md shows this output.
  private static void assertDocumented(String report) throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/debugging.md"))) {
      root = root.getParent();
    }
    String docs = withoutLines(Files.readString(root.resolve("docs/debugging.md")));
    assertTrue(docs.contains(withoutLines(report)), "docs/debugging.md should show:\n" + report);
  }

  private static String withoutLines(String text) {
    return text.replaceAll("\\.java:\\d+", ".java");
  }

  @Test
  void aSeededNanIsFoundWhereItIsMade() throws IOException {
    Device faulty = new FaultyDevice("blk.0.query", FaultyDevice.Fault.SEEDED_NAN);
    NanFinding finding = inspection.firstNan(faulty).orElseThrow();
    String report = finding.report();
    assertDocumented(report);
    assertEquals("blk.0.query", finding.node().name());
    assertEquals(List.of(), finding.culprits());
    assertTrue(
        report.startsWith("first NaN: matmul 'blk.0.query' (F32 [5, 16]) on faulty"), report);
    assertTrue(report.contains("built at SmallDecoder.java:"), report);
    assertTrue(report.contains("1 of 80 are NaN, the first at [2, 8]"), report);
    assertTrue(report.contains("'blk.0.norm' (F32 [5, 16]): min"), report);
    assertTrue(report.contains("made here: every operand is finite"), report);
  }

  @Test
  void aWrongStrideIsFoundByComparing() throws IOException {
    Device faulty = new FaultyDevice("blk.0.residual", FaultyDevice.Fault.WRONG_STRIDE);
    Divergence divergence = inspection.firstDivergence(reference, faulty).orElseThrow();
    assertDocumented(divergence.report());
    assertEquals("blk.0.residual", divergence.node().name());
    assertTrue(divergence.error().nmse() > 1e-3, divergence.report());
    assertTrue(divergence.report().contains("reference gives "), divergence.report());
    assertTrue(divergence.report().contains(", faulty gives "), divergence.report());
    assertTrue(divergence.report().contains("'x' (F32 [5, 16]): min"), divergence.report());
  }

  @Test
  void aWrongMaskIsFoundByComparing() throws IOException {
    Device faulty = new FaultyDevice("blk.0.attention", FaultyDevice.Fault.WRONG_MASK);
    Divergence divergence = inspection.firstDivergence(reference, faulty).orElseThrow();
    assertDocumented(divergence.report());
    assertEquals("blk.0.attention", divergence.node().name());
    assertTrue(divergence.report().contains("Causal"), divergence.report());
  }

  @Test
  void aFaultOfTheFirstDeviceIsFoundToo() {
    Device faulty = new FaultyDevice("blk.0.attention", FaultyDevice.Fault.WRONG_MASK);
    Optional<Divergence> divergence = inspection.firstDivergence(faulty, reference);
    assertEquals("blk.0.attention", divergence.orElseThrow().node().name());
  }

  @Test
  void anUnwrittenRowIsFoundByPoison() throws IOException {
    Device faulty = new FaultyDevice("blk.0.exp", FaultyDevice.Fault.UNWRITTEN_ROW);
    Poison.Unwritten found = inspection.unwritten(faulty).getFirst();
    assertDocumented(found.report());
    assertEquals("blk.0.exp", found.node());
    assertEquals(16, found.elements());
    assertEquals("[4, 0]", found.position());
  }

  @Test
  void aNanOfTheArithmeticIsToldFromOneOfTheKernel() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 4);
    Graph graph = g.build(g.named("root").unary(Unary.Kind.SQRT, x));
    Inspection negative =
        new Inspection(
            graph,
            new LoadedWeights(Weights.none()),
            execution -> execution.write("x", 4f, 1f, -1f, 9f));
    String report = negative.firstNan(reference).orElseThrow().report();
    assertTrue(report.contains(", at [2] -1"), report);
    assertTrue(report.endsWith("the op's definition gives NaN there too"), report);
  }

  @Test
  void aNanThatComesInIsTracedToItsOperand() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 2, 2);
    Graph graph = g.build(g.named("y").matmul(x, g.input("w", DataType.F32, 2, 2)));
    Inspection poisoned =
        new Inspection(
            graph,
            new LoadedWeights(Weights.none()),
            execution -> {
              execution.write("x", 1f, 2f, 3f, 4f);
              execution.write("w", 1f, Float.NaN, 3f, 4f);
            });
    NanFinding finding = poisoned.firstNan(reference).orElseThrow();
    assertEquals("w", finding.culprits().getFirst().node().name());
    assertTrue(finding.report().endsWith("comes from 'w', which is not finite"), finding.report());
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() {
    assertEquals(Optional.empty(), inspection.firstNan(reference));
    assertEquals(Optional.empty(), inspection.firstDivergence(reference, new ReferenceDevice("b")));
    assertEquals(List.of(), inspection.unwritten(reference));
  }
}
