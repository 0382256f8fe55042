package org.jgml.core.op;

import static org.jgml.core.op.Evaluation.f32;
import static org.jgml.core.op.Evaluation.i32;
import static org.jgml.core.op.Evaluation.repeated;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The meaning of elementwise ops, reductions, products and moves, on values computed by hand.
final class EvaluateTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @ParameterizedTest
  @CsvSource({
    "ABS, -2, 2",
    "SGN, -3, -1",
    "SGN, 0, 0",
    "NEG, 2, -2",
    "STEP, 0, 0",
    "STEP, 0.1, 1",
    "TANH, 1, 0.7615941559557649",
    "ELU, 2, 2",
    "ELU, -1, -0.6321205588285577",
    "RELU, -1, 0",
    "RELU, 3, 3",
    "SIGMOID, 0, 0.5",
    "GELU, 1, 0.8411919906082768",
    "GELU, -1000, 0",
    "GELU_ERF, 1, 0.8413447460685429",
    "GELU_ERF, -2, -0.04550026389635844",
    "GELU_QUICK, 1, 0.8457957659328212",
    "SILU, 1, 0.7310585786300049",
    "SILU, -1000, 0",
    "HARDSWISH, 1, 0.6666666666666666",
    "HARDSWISH, -4, 0",
    "HARDSIGMOID, 0, 0.5",
    "HARDSIGMOID, 9, 1",
    "EXP, 1, 2.718281828459045",
    "EXPM1, -1, -0.6321205588285577",
    "SOFTPLUS, 1, 1.3132616875182228",
    "SOFTPLUS, 1000, 1000",
    "FLOOR, -1.5, -2",
    "CEIL, -1.5, -1",
    "ROUND, 2.5, 3",
    "ROUND, -2.5, -3",
    "ROUND, 0.49999997, 0",
    "TRUNC, -1.5, -1",
    "TRUNC, 1.5, 1",
    "SQR, -3, 9",
    "SQRT, 9, 3",
    "LOG, 1, 0",
    "SIN, 0, 0",
    "COS, 0, 1"
  })
  void unary(Unary.Kind kind, double x, double expected) {
    Evaluation.of(new Unary(kind), f32(x)).gives(expected);
  }

  @ParameterizedTest
  @EnumSource
  void unaryKeepsNan(Unary.Kind kind) {
    boolean compares = kind == Unary.Kind.STEP;
    assertEquals(compares ? 0 : Double.NaN, kind.apply(Double.NaN));
  }

  @ParameterizedTest
  @CsvSource({
    "-0.5, 1.5204998778130465",
    "0, 1",
    "1, 0.15729920705028513",
    "2.4999999, 0.00040695223527343607",
    "2.5, 0.0004069520174449589",
    "3, 2.2090496998585438e-05",
    "10, 2.088487583762545e-45"
  })
  void complementaryErrorFunction(double x, double expected) {
    assertEquals(expected, ErrorFunction.complement(x), 1e-12 * expected);
  }

  @Test
  void elementwiseWithParameters() {
    Evaluation.of(new LeakyRelu(0.25f), f32(-4, 0, 4)).gives(-1, 0, 4);
    Evaluation.of(new Scale(2, -1), f32(-4, 0, 4)).gives(-9, -1, 7);
    Evaluation.of(new Clamp(-1, 2), f32(-4, 0, 4)).gives(-1, 0, 2);
    double curve = 2 * Math.exp(-1);
    Evaluation.of(new Xielu(2, 3, 0.5f, -1e-6f), f32(2, -1)).gives(13, curve - 0.5);
  }

  @Test
  void xieluBoundsTheExponentBelowZero() {
    double bounded = Math.expm1(-0.5f) + 0.25;
    Evaluation.of(new Xielu(1, 1, 0, -0.5f), f32(-0.25)).gives(bounded);
  }

  @Test
  void binaryBroadcasts() {
    Evaluation.Operand x = f32(Shape.of(2, 2), 1, 2, 3, 4);
    Evaluation.of(new Binary(Binary.Kind.ADD), x, f32(10, 20)).gives(11, 22, 13, 24);
    Evaluation.Operand column = f32(Shape.of(2, 1), 1, 2);
    Evaluation.of(new Binary(Binary.Kind.SUB), x, column).gives(0, 1, 1, 2);
    Evaluation.of(new Binary(Binary.Kind.MUL), x, f32(2)).gives(2, 4, 6, 8);
    Evaluation.of(new Binary(Binary.Kind.DIV), x, x).gives(1, 1, 1, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "REGLU, 2",
    "GEGLU, 1.6823839812165536",
    "SWIGLU, 1.4621171572600098",
    "GEGLU_ERF, 1.6826894921370858",
    "GEGLU_QUICK, 1.6915915318656424"
  })
  void gluMultipliesTheActivatedGate(Glu.Kind kind, double expected) {
    Evaluation.of(new Glu(kind), f32(1), f32(2)).gives(expected);
  }

  @Test
  void swigluOaiLimitsGateAboveAndUpOnBothSides() {
    double limited = 2 / (1 + Math.exp(-2)) * (-2 + 1);
    double inside = -1 / (1 + Math.exp(1)) * 1.5;
    Evaluation.of(new SwigluOai(1, 2), f32(5, -1), f32(-7, 0.5)).gives(limited, inside);
    double below = -5 / (1 + Math.exp(5)) * 3;
    Evaluation.of(new SwigluOai(1, 2), f32(-5), f32(9)).gives(below);
  }

  @Test
  void norms() {
    Evaluation.Operand rows = f32(Shape.of(2, 2), 1, 3, 10, 10);
    Evaluation.of(new Norm(3), rows).gives(-0.5, 0.5, 0, 0);
    Evaluation.of(new RmsNorm(0, false), f32(1, 7)).gives(0.2, 1.4);
    Evaluation.of(new RmsNorm(0, true), f32(1, 7), f32(10, 100)).gives(2, 140);
    Evaluation.of(new L2Norm(1), f32(Shape.of(2, 2), 3, 4, 0, 0)).gives(0.6, 0.8, 0, 0);
    Evaluation.of(new L2Norm(10), f32(3, 4)).gives(0.3, 0.4);
  }

  @Test
  void groupNormMakesTheLastGroupSmaller() {
    Evaluation.Operand image = f32(Shape.of(3, 1, 2), 1, 3, 1, 3, 4, 6);
    Evaluation.of(new GroupNorm(2, 3), image).gives(-0.5, 0.5, -0.5, 0.5, -0.5, 0.5);
    Evaluation.Operand batch = f32(Shape.of(2, 2, 1, 1), 1, 3, 20, 20);
    Evaluation.of(new GroupNorm(1, 3), batch).gives(-0.5, 0.5, 0, 0);
  }

  @Test
  void reductions() {
    Evaluation.Operand rows = f32(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Evaluation.of(new Sum(), rows).gives(Shape.of(1), 21);
    Evaluation.of(new SumRows(), rows).gives(Shape.of(2, 1), 6, 15);
    Evaluation.of(new Mean(), rows).gives(Shape.of(2, 1), 2, 5);
    Evaluation.of(new Cumsum(), rows).gives(1, 3, 6, 4, 9, 15);
  }

  @Test
  void argmaxTakesTheFirstMaximum() {
    Evaluation.Operand rows = f32(Shape.of(2, 3), 1, 7, 7, -1, -2, -3);
    Evaluation.of(new Argmax(), rows).gives(Shape.of(2), 1, 0);
    Evaluation.of(new Argmax(), f32(0, 1)).gives(Shape.of(1), 1);
  }

  @Test
  void argsortIsStableInBothDirections() {
    Evaluation.Operand ties = f32(2, 1, 2, 1, 3);
    Evaluation.of(new Argsort(false), ties).gives(1, 3, 0, 2, 4);
    Evaluation.of(new Argsort(true), ties).gives(4, 0, 2, 1, 3);
    Evaluation.Operand zeros = f32(0.0, -0.0, 0.0);
    Evaluation.of(new Argsort(false), zeros).gives(0, 1, 2);
    Evaluation.Operand rows = f32(Shape.of(2, 2), 2, 1, 3, 4);
    Evaluation.of(new Argsort(false), rows).gives(Shape.of(2, 2), 1, 0, 0, 1);
  }

  @Test
  void nanIsTheSmallestValue() {
    Evaluation.Operand x = f32(Double.NaN, 1, -INFINITY, Double.NaN, INFINITY);
    Evaluation.of(new Argsort(false), x).gives(0, 3, 2, 1, 4);
    Evaluation.of(new Argsort(true), x).gives(4, 1, 2, 0, 3);
    Evaluation.of(new Argmax(), x).gives(4);
    Evaluation.of(new TopK(4), x).gives(4, 1, 2, 0);
    Evaluation.of(new Argmax(), f32(Double.NaN, Double.NaN)).gives(0);
  }

  @Test
  void topKStartsWithTheLargest() {
    Evaluation.Operand rows = f32(Shape.of(2, 4), 1, 5, 5, 2, 9, 8, 7, 9);
    Evaluation.of(new TopK(3), rows).gives(Shape.of(2, 3), 1, 2, 3, 0, 3, 1);
  }

  @Test
  void matMulMultipliesRowsByRows() {
    Evaluation.Operand weights = f32(Shape.of(3, 2), 1, 0, 0, 1, 1, 1);
    Evaluation.of(new MatMul(), f32(Shape.of(1, 2), 3, 4), weights).gives(Shape.of(1, 3), 3, 4, 7);
  }

  @Test
  void matMulIdChoosesAMatrixForEachRow() {
    Evaluation.Operand experts = f32(Shape.of(3, 1, 2), 1, 0, 0, 1, 1, 1);
    Evaluation.Operand ids = i32(Shape.of(2, 2), 0, 2, 1, 1);
    Evaluation.Operand shared = f32(Shape.of(2, 1, 2), 3, 4, 5, 6);
    Evaluation.of(new MatMulId(), shared, experts, ids).gives(Shape.of(2, 2, 1), 3, 7, 6, 6);
    Evaluation.Operand own = f32(Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    Evaluation.of(new MatMulId(), own, experts, ids).gives(1, 7, 6, 8);
  }

  @Test
  void rowsAreReadAndWrittenByIndex() {
    Evaluation.Operand table = f32(Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
    Evaluation.of(new GetRows(), table, i32(2, 0)).gives(Shape.of(2, 2), 5, 6, 1, 2);
    Evaluation.Operand rows = f32(Shape.of(1, 2), 9, 8);
    Evaluation.of(new SetRows(), table, rows, i32(1)).gives(1, 2, 9, 8, 5, 6);
  }

  @Test
  void castToIntegersCutsTheFraction() {
    Evaluation.of(new Cast(DataType.I32), f32(2.9, -2.9, Double.NaN, 1e10, -INFINITY))
        .gives(2, -2, 0, Integer.MAX_VALUE, Integer.MIN_VALUE);
    Evaluation.of(new Cast(DataType.F16), f32(1.5, -INFINITY)).gives(1.5, -INFINITY);
  }

  @Test
  void castKeepsTheShape() {
    Evaluation cast = Evaluation.of(new Cast(DataType.Q8_0), f32(Shape.of(2, 32)));
    assertEquals("Q8_0 [2, 32]", cast.type().toString());
  }

  @Test
  void copyIsTheSame() {
    Evaluation.of(new Copy(), i32(Shape.of(2, 1), 3, 4)).gives(Shape.of(2, 1), 3, 4);
  }

  @Test
  void concatJoinsAlongAnyAxis() {
    Evaluation.Operand a = f32(Shape.of(2, 1, 2), 1, 2, 3, 4);
    Evaluation.Operand b = f32(Shape.of(2, 1, 2), 5, 6, 7, 8);
    Evaluation.of(new Concat(0), a, b).gives(Shape.of(4, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    Evaluation.of(new Concat(1), a, b).gives(Shape.of(2, 2, 2), 1, 2, 5, 6, 3, 4, 7, 8);
    Evaluation.of(new Concat(-1), a, b).gives(Shape.of(2, 1, 4), 1, 2, 5, 6, 3, 4, 7, 8);
    Evaluation.Operand longer = f32(Shape.of(2, 1, 1), 9, 10);
    Evaluation.of(new Concat(2), a, longer).gives(Shape.of(2, 1, 3), 1, 2, 9, 3, 4, 10);
  }

  @Test
  void repeatTiles() {
    Evaluation.Operand x = f32(Shape.of(2, 2), 1, 2, 3, 4);
    Evaluation.of(new Repeat(Shape.of(2, 4)), x).gives(1, 2, 1, 2, 3, 4, 3, 4);
    Evaluation.of(new Repeat(Shape.of(4, 2)), x).gives(1, 2, 3, 4, 1, 2, 3, 4);
    Evaluation.of(new Repeat(Shape.of(2, 2, 2)), x).gives(1, 2, 3, 4, 1, 2, 3, 4);
    Evaluation.of(new Repeat(Shape.of(3)), f32(7)).gives(repeated(7, 3));
  }

  @Test
  void padPutsZerosAround() {
    Evaluation.Operand x = f32(Shape.of(2, 2), 1, 2, 3, 4);
    Evaluation.of(new Pad(List.of(0L, 1L), List.of(1L, 0L)), x)
        .gives(Shape.of(3, 3), 0, 1, 2, 0, 3, 4, 0, 0, 0);
    assertEquals(Pad.of(0, 1, 1, 0), new Pad(List.of(0L, 1L), List.of(1L, 0L)));
  }
}
