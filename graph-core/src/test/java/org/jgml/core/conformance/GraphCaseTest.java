package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Op;
import org.jgml.core.op.OpTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Graphs of random ops: their names, their sizes, and how a failure is made small.
final class GraphCaseTest {
  private static final List<GraphCase> CASES = GraphCase.random(5, 200);

  @Test
  void everyNameGivesItsGraph() {
    for (GraphCase each : CASES) {
      assertEquals(each, GraphCase.named(each.name()));
    }
    GraphCase some = new GraphCase(7, List.of(0, 1, 2, 5, 7, 8));
    assertEquals("graph seed=7 steps=0-2,5,7-8", some.name());
    assertEquals(some, GraphCase.named(some.name()));
  }

  @Test
  void theSameNameGivesTheSameGraph() {
    GraphCase some = CASES.getFirst();
    assertEquals(text(some.graph()), text(GraphCase.named(some.name()).graph()));
  }

  private static List<String> text(Graph graph) {
    return graph.nodes().stream().map(Node::toString).toList();
  }

  @Test
  void graphsHaveBetween5And200Nodes() {
    List<Integer> sizes = CASES.stream().map(each -> each.graph().nodes().size()).sorted().toList();
    assertTrue(sizes.getFirst() >= 5 && sizes.getFirst() < 15, sizes::toString);
    assertTrue(sizes.getLast() <= 200 && sizes.getLast() > 180, sizes::toString);
  }

  @Test
  void theyAreMadeOfEveryOp() {
    Set<String> ops =
        CASES.stream()
            .flatMap(each -> each.graph().nodes().stream())
            .filter(node -> node.op() instanceof Op.Compute || node.op() instanceof HostCall)
            .map(node -> node.op().name())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> all =
        OpTable.compute().stream()
            .map(spec -> spec.name())
            .collect(Collectors.toCollection(TreeSet::new));
    all.add("host_call");
    assertEquals(all, ops);
  }

  @Test
  void aFailureIsMadeAsSmallAsItCanBe() {
    GraphCase failing =
        CASES.stream().filter(each -> each.steps().size() > 20).findFirst().orElseThrow();
    GraphCase smallest =
        GraphRunner.smallest(failing, each -> each.steps().containsAll(List.of(3, 17, 18)));
    assertEquals(List.of(3, 17, 18), smallest.steps());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "graph",
        "graph seed=1",
        "graph seed=x steps=1",
        "graph seed=1 steps=",
        "graph seed=1 steps=9-4",
        "graph seed=1 steps=3,3",
        "graph seed=1 steps=0-99999999",
        "graph seed=99999999999999999999 steps=1"
      })
  void wrongNamesAreRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> GraphCase.named(name));
  }
}
