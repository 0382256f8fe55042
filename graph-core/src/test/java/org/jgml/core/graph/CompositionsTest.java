package org.jgml.core.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiFunction;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Window;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;
import org.junit.jupiter.api.Test;

/// Each composition on values computed by hand.
final class CompositionsTest {
  private final GraphBuilder g = new GraphBuilder();

  private Node values(Shape shape, float... values) {
    return g.constant(shape, values);
  }

  private void check(Node result, Shape shape, float... expected) {
    assertEquals(shape, result.type().shape());
    Graph graph = g.build(g.named("y").apply(new Copy(), result));
    try (Session session = new Session();
        ReferenceDevice device = new ReferenceDevice()) {
      Execution execution =
          session.execution(
              ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports()));
      execution.run();
      assertArrayEquals(expected, execution.readFloats("y"), 1e-6f);
    }
  }

  @Test
  void arangeStopsBeforeItsEnd() {
    check(Compositions.arange(g, 1, 2.6f, 0.5f), Shape.of(4), 1, 1.5f, 2, 2.5f);
    assertThrows(IllegalArgumentException.class, () -> Compositions.arange(g, 2, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> Compositions.arange(g, 2, 3, Float.NaN));
  }

  @Test
  void fullRepeatsOneValue() {
    check(Compositions.full(g, 3, 2, 2), Shape.of(2, 2), 3, 3, 3, 3);
  }

  @Test
  void rollTurnsAnAxis() {
    BiFunction<Integer, Long, Node> rolled =
        (axis, shift) ->
            Compositions.roll(g, values(Shape.of(2, 3), 1, 2, 3, 4, 5, 6), axis, shift);
    check(rolled.apply(1, 1L), Shape.of(2, 3), 3, 1, 2, 6, 4, 5);
  }

  @Test
  void rollTurnsBackwardsAndMoreThanOnce() {
    Node x = values(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    check(
        Compositions.roll(g, Compositions.roll(g, x, -1, -4), 0, 3),
        Shape.of(2, 3),
        5,
        6,
        4,
        2,
        3,
        1);
  }

  @Test
  void diagonalSpreadsRows() {
    Node x = values(Shape.of(2, 2), 1, 2, 3, Float.POSITIVE_INFINITY);
    check(
        Compositions.diagonal(g, x),
        Shape.of(2, 2, 2),
        1,
        0,
        0,
        2,
        3,
        0,
        0,
        Float.POSITIVE_INFINITY);
  }

  @Test
  void outerProductSumsOverRows() {
    Node a = values(Shape.of(2, 2), 1, 2, 3, 4);
    Node b = values(Shape.of(2, 3), 1, 0, 2, 0, 1, 1);
    check(Compositions.outerProduct(g, a, b), Shape.of(2, 3), 1, 3, 5, 2, 4, 8);
  }

  @Test
  void timestepsBecomeCosinesAndSines() {
    Node steps = values(Shape.of(2), 0, 2);
    check(
        Compositions.timestepEmbedding(g, steps, 5, 100),
        Shape.of(2, 5),
        1,
        1,
        0,
        0,
        0,
        (float) Math.cos(2),
        (float) Math.cos(0.2),
        (float) Math.sin(2),
        (float) Math.sin(0.2),
        0);
  }

  @Test
  void transposedConvolutionSpreadsEachElement() {
    Node x = values(Shape.of(1, 1, 3), 1, 2, 3);
    Node weights = values(Shape.of(1, 2, 2), 1, 10, 100, 1000);
    check(
        Compositions.convTranspose(g, x, weights, Window.of(2).withStride(2)),
        Shape.of(1, 2, 6),
        1,
        10,
        2,
        20,
        3,
        30,
        100,
        1000,
        200,
        2000,
        300,
        3000);
  }

  @Test
  void transposedConvolutionAddsChannelsAndCutsPadding() {
    Node x = values(Shape.of(1, 2, 3), 1, 2, 3, 10, 20, 30);
    Node weights = g.cast(values(Shape.of(2, 1, 2), 1, 2, 1, 1), DataType.F16);
    check(
        Compositions.convTranspose(g, x, weights, Window.of(2).withPadding(1)),
        Shape.of(1, 1, 2),
        34,
        57);
  }

  @Test
  void slidingSumsGoDownEachColumn() {
    Node x = values(Shape.of(4, 2), 1, 10, 2, 20, 3, 30, 4, 40);
    Node taps = values(Shape.of(3, 2), 1, 0, 2, 0.5f, 100, 1);
    check(Compositions.slidingSum(g, x, taps), Shape.of(2, 2), 305, 40, 408, 55);
  }

  @Test
  void slidingSumsNeedAWholeWindow() {
    Node x = values(Shape.of(1, 2), 1, 2);
    GraphException e =
        assertThrows(
            GraphException.class,
            () -> Compositions.slidingSum(g, x, values(Shape.of(2, 2), 1, 2, 3, 4)));
    assertTrue(e.getMessage().contains("1 rows are no whole window of 2"), e.getMessage());
  }

  @Test
  void wrongOperandsAreRefusedWithTheCallersLine() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 2, 6);
    Node row = g.input("row", DataType.F32, 6);
    assertEquals(
        "transposed of 'row': needs at least 2 axes, has 1. Operands: x=F32 [6]. Fix: reshape it,"
            + " putting axes of extent 1 in front.",
        assertThrows(GraphException.class, () -> Compositions.transposed(g, row)).getMessage());
    assertEquals(
        "roll of 'x': axis 2 is outside a tensor of rank 2. Operands: x=F32 [2, 6]. Fix: pass an"
            + " axis from -2 to 1.",
        assertThrows(GraphException.class, () -> Compositions.roll(g, x, 2, 1)).getMessage());
    String within =
        assertThrows(GraphException.class, () -> Compositions.elementsAt(g, x, x)).getMessage();
    assertTrue(within.matches(".* Built at CompositionsTest\\.java:\\d+\\."), within);
  }
}
