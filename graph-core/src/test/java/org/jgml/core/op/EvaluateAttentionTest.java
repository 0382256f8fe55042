package org.jgml.core.op;

import static org.jgml.core.op.Evaluation.f32;
import static org.jgml.core.op.Evaluation.i32;
import static org.jgml.core.op.Evaluation.repeated;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The meaning of attention and of what it is made of, on values computed by hand.
///
/// Logits are logarithms of small integers, so that the weights are simple fractions.
final class EvaluateAttentionTest {
  private static final double LN2 = Math.log(2);
  private static final double LN3 = Math.log(3);
  private static final double HIDDEN = Double.NEGATIVE_INFINITY;

  @Test
  void softmaxOfEachRow() {
    Evaluation.Operand rows = f32(Shape.of(2, 2), 0, LN3, 1000, 1000);
    Evaluation.of(new Softmax(1, 0, false, false), rows).gives(0.25, 0.75, 0.5, 0.5);
    Evaluation.of(new Softmax(2, 0, false, false), f32(0, LN3)).gives(0.1, 0.9);
  }

  @Test
  void softmaxAddsTheMaskAfterTheScale() {
    Evaluation.Operand x = f32(Shape.of(2, 1, 2), 0, LN3, 0, 0);
    Evaluation.Operand mask = f32(Shape.of(1, 2), LN3, 0);
    Evaluation.of(new Softmax(2, 0, true, false), x, mask).gives(0.25, 0.75, 0.75, 0.25);
  }

  @Test
  void softmaxOfAHiddenRowIsZero() {
    Evaluation.Operand x = f32(Shape.of(2, 2), 1, 2, 0, LN3);
    Evaluation.Operand mask = f32(Shape.of(2, 2), HIDDEN, HIDDEN, 0, 0);
    Evaluation.of(new Softmax(1, 0, true, false), x, mask).gives(0, 0, 0.25, 0.75);
  }

  @Test
  void softmaxMultipliesTheMaskByTheSlopeOfTheHead() {
    Evaluation.Operand x = f32(Shape.of(2, 1, 2), 0, 0, 0, 0);
    Evaluation.Operand mask = f32(Shape.of(1, 2), 0, 4 * LN2);
    Evaluation.of(new Softmax(1, 2, true, false), x, mask).gives(0.2, 0.8, 1 / 3.0, 2 / 3.0);
  }

  @Test
  void softmaxCountsSinksInTheSumOnly() {
    Evaluation.Operand x = f32(Shape.of(2, 1, 2), 0, LN2, 0, 0);
    Evaluation.of(new Softmax(1, 0, false, true), x, f32(0, LN2)).gives(0.25, 0.5, 0.25, 0.25);
    Evaluation.Operand hidden = f32(Shape.of(1, 1, 2), HIDDEN, HIDDEN);
    Evaluation.of(new Softmax(1, 0, false, true), hidden, f32(5)).gives(0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 6, 5, 1",
    "8, 8, 0, 0.5",
    "8, 8, 7, 0.00390625",
    "8, 6, 0, 0.25",
    "8, 6, 3, 0.00390625",
    "8, 6, 4, 0.5",
    "8, 6, 5, 0.125"
  })
  void alibiSlopes(double maxBias, int heads, int head, double expected) {
    assertEquals(expected, Alibi.slope(maxBias, heads, head), 1e-15);
  }

  @Test
  void ropeAnglesTurnByPositionTimesFrequency() {
    RopeAngles op = new RopeAngles(4, 100, RopeScaling.NONE, false);
    Evaluation.of(op, i32(0, 2))
        .gives(
            Shape.of(2, 2, 2), 1, 0, 1, 0, Math.cos(2), Math.sin(2), Math.cos(0.2), Math.sin(0.2));
  }

  @Test
  void ropeAnglesDivideByFactorsAndInterpolate() {
    RopeAngles op = new RopeAngles(4, 100, RopeScaling.interpolation(0.5f), true);
    Evaluation.of(op, i32(8), f32(1, 2))
        .gives(Math.cos(4), Math.sin(4), Math.cos(0.2), Math.sin(0.2));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "20, 1", "33, 0.625", "46, 0.25", "63, 0.25"})
  void yarnInterpolatesSlowPairs(int pair, double expected) {
    RopeAngles yarn = new RopeAngles(128, 10000, RopeScaling.yarn(0.25f, 4096), false);
    RopeAngles plain = new RopeAngles(128, 10000, RopeScaling.NONE, false);
    double factor = yarn.frequency(pair, 1) / plain.frequency(pair, 1);
    assertEquals(expected, factor, 1e-12);
  }

  @Test
  void yarnStretchesTheVectors() {
    RopeScaling scaling = new RopeScaling(0.25f, 1, 2, 32, 1, 4096);
    assertEquals(2 + 0.2 * Math.log(4), scaling.magnitude(), 1e-12);
    RopeAngles op = new RopeAngles(2, 10000, scaling, false);
    Evaluation.of(op, i32(0)).gives(scaling.magnitude(), 0);
  }

  @Test
  void ropeTurnsNeighboursOrHalves() {
    Evaluation.Operand x = f32(Shape.of(1, 1, 5), 1, 2, 3, 4, 5);
    Evaluation.Operand angles = f32(Shape.of(1, 2, 2), 0, 1, 1, 0);
    Evaluation.of(new Rope(Rope.Style.NORMAL), x, angles).gives(-2, 1, 3, 4, 5);
    Evaluation.of(new Rope(Rope.Style.NEOX), x, angles).gives(-3, 2, 1, 4, 5);
  }

  @Test
  void ropeTurnsTheHeadsOfATokenAlike() {
    Evaluation.Operand x =
        f32(Shape.of(2, 2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8);
    Evaluation.Operand angles = f32(Shape.of(2, 1, 2), 0, 1, 2, 0);
    double[] once = {-2, 1, -4, 3, 10, 12, 14, 16};
    double[] twice = new double[16];
    System.arraycopy(once, 0, twice, 0, 8);
    System.arraycopy(once, 0, twice, 8, 8);
    Evaluation.of(new Rope(Rope.Style.NEOX), x, angles).gives(twice);
  }

  @Test
  void attentionWeighsValuesByScaledProducts() {
    Evaluation.Operand query = f32(Shape.of(1, 1, 2), 1, 1);
    Evaluation.Operand key = f32(Shape.of(2, 1, 2), 0, 0, LN3, LN3);
    Evaluation.Operand value = f32(Shape.of(2, 1, 3), 0, 4, 8, 4, 4, 4);
    Evaluation.of(Attention.of(0.5f, AttentionMask.none()), query, key, value)
        .gives(Shape.of(1, 1, 3), 3, 4, 5);
  }

  @Test
  void attentionSharesKeyHeadsAmongConsecutiveHeads() {
    Evaluation.Operand query = f32(Shape.of(1, 4, 1), repeated(0, 4));
    Evaluation.Operand key = f32(Shape.of(2, 2, 1), repeated(0, 4));
    Evaluation.Operand value = f32(Shape.of(2, 2, 1), 1, 10, 3, 30);
    Evaluation.of(Attention.of(1, AttentionMask.none()), query, key, value).gives(2, 2, 20, 20);
  }

  private static Evaluation uniform(Attention op, double... positions) {
    int tokens = positions.length;
    return Evaluation.of(
        op,
        f32(Shape.of(tokens, 1, 1), repeated(0, tokens)),
        f32(Shape.of(4, 1, 1), repeated(0, 4)),
        f32(Shape.of(4, 1, 1), 1, 2, 3, 4),
        i32(positions));
  }

  @Test
  void causalQueriesSeeTheKeysUpToTheirPosition() {
    uniform(Attention.of(1, AttentionMask.causal()), 0, 1, 3, 9).gives(1, 1.5, 2.5, 2.5);
  }

  @Test
  void aWindowEndsAtTheQuerysOwnPosition() {
    Attention window = Attention.of(1, new AttentionMask.Causal(2));
    uniform(window, 0, 1, 3, 4, 9).gives(1, 1.5, 3.5, 4, 0);
  }

  @Test
  void aQueryThatSeesNoKeyGivesZero() {
    uniform(Attention.of(1, AttentionMask.causal()), -1).gives(0);
  }

  @Test
  void softCapBoundsLogits() {
    Attention op = new Attention(1, (float) LN3, 0, AttentionMask.none(), false);
    Evaluation.Operand query = f32(Shape.of(1, 1, 1), 1e9);
    Evaluation.Operand key = f32(Shape.of(2, 1, 1), 0, 1);
    Evaluation.Operand value = f32(Shape.of(2, 1, 1), 0, 1);
    double capped = Math.exp((float) LN3);
    Evaluation.of(op, query, key, value).gives(capped / (1 + capped));
  }

  @Test
  void explicitMasksAreAddedAfterTheSoftCap() {
    Attention op = new Attention(1, 1e-6f, 0, AttentionMask.explicit(), false);
    Evaluation.Operand query = f32(Shape.of(2, 1, 1), 0, 0);
    Evaluation.Operand key = f32(Shape.of(2, 1, 1), 0, 0);
    Evaluation.Operand value = f32(Shape.of(2, 1, 1), 0, 4);
    Evaluation.Operand mask = f32(Shape.of(2, 2), 0, LN3, 0, HIDDEN);
    Evaluation.of(op, query, key, value, mask).gives(3, 0);
  }

  @Test
  void aMaskMayDifferBetweenHeads() {
    Attention op = Attention.of(1, AttentionMask.explicit());
    Evaluation.Operand query = f32(Shape.of(1, 2, 1), 0, 0);
    Evaluation.Operand key = f32(Shape.of(2, 1, 1), 0, 0);
    Evaluation.Operand value = f32(Shape.of(2, 1, 1), 0, 4);
    Evaluation.Operand mask = f32(Shape.of(2, 1, 2), 0, LN3, LN3, 0);
    Evaluation.of(op, query, key, value, mask).gives(3, 1);
  }

  @Test
  void alibiMultipliesTheMaskByTheSlopeOfTheHead() {
    Attention op = new Attention(1, 0, 2, AttentionMask.explicit(), false);
    Evaluation.Operand query = f32(Shape.of(1, 2, 1), 0, 0);
    Evaluation.Operand key = f32(Shape.of(2, 1, 1), 0, 0);
    Evaluation.Operand value = f32(Shape.of(2, 1, 1), 0, 15);
    Evaluation.Operand mask = f32(Shape.of(1, 2), 0, 4 * LN2);
    Evaluation.of(op, query, key, value, mask).gives(12, 10);
  }

  @Test
  void sinksTakeWeightFromTheKeys() {
    Attention op = new Attention(1, 0, 0, AttentionMask.causal(), true);
    Evaluation.Operand query = f32(Shape.of(2, 2, 1), repeated(0, 4));
    Evaluation.Operand key = f32(Shape.of(1, 2, 1), 0, 0);
    Evaluation.Operand value = f32(Shape.of(1, 2, 1), 12, 12);
    Evaluation.of(op, query, key, value, i32(0, -1), f32(0, LN3)).gives(6, 3, 0, 0);
  }

  @Test
  void aBatchKeepsItsKeysApart() {
    Evaluation.Operand query = f32(Shape.of(2, 1, 1, 1), 0, 0);
    Evaluation.Operand key = f32(Shape.of(2, 2, 1, 1), repeated(0, 4));
    Evaluation.Operand value = f32(Shape.of(2, 2, 1, 1), 1, 3, 10, 30);
    Evaluation.of(Attention.of(1, AttentionMask.none()), query, key, value)
        .gives(Shape.of(2, 1, 1, 1), 2, 20);
  }

  @Test
  void attentionCostsTwoProducts() {
    Attention op = Attention.of(1, AttentionMask.none());
    TensorType query = TensorType.of(DataType.F32, 5, 4, 64);
    TensorType key = TensorType.of(DataType.F16, 9, 2, 64);
    Operands operands = new Operands(op, "node", List.of(query, key, key));
    assertEquals(4L * 5 * 9 * 4 * 64, op.cost(operands, op.infer(operands)).flops());
  }
}
