package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Cast;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.Glu;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Ops on elements that do not depend on their neighbours.
final class ElementwiseKernels {
  private ElementwiseKernels() {}

  static Binding unary(Unary op) {
    return elements(
        math -> (_, x, xAt, y, yAt, length) -> math.unary(op.kind(), x, xAt, y, yAt, length));
  }

  static Binding clamp(Clamp op) {
    return elements(math -> (_, x, xAt, y, yAt, length) -> math.clamp(op, x, xAt, y, yAt, length));
  }

  static Binding leakyRelu(LeakyRelu op) {
    return elements(
        math -> (_, x, xAt, y, yAt, length) -> math.leakyRelu(op, x, xAt, y, yAt, length));
  }

  static Binding xielu(Xielu op) {
    return elements(math -> (_, x, xAt, y, yAt, length) -> math.xielu(op, x, xAt, y, yAt, length));
  }

  static Binding scale(Scale op) {
    return elements(math ->
        (_, x, xAt, y, yAt, length) ->
            math.multiplyAdd(op.factor(), op.bias(), x, xAt, y, yAt, length));
  }

  private static Binding elements(Function<RowMath, RowKernel.Function> function) {
    return (step, compiler) ->
        RowKernel.bindElements(function.apply(compiler.rows()), step, compiler);
  }

  /// A cast, by way of F32 where both types hold real numbers.
  static Binding cast(Cast op) {
    return (step, compiler) -> {
      boolean fromIntegers = step.input(0).type().dataType() == DataType.I32;
      RowKernel.Function function =
          fromIntegers
              ? ElementwiseKernels::toFloats
              : op.type() == DataType.I32
                  ? ElementwiseKernels::toIntegers
                  : CopyKernels::copyFloats;
      RowKernel.bind(function, step, compiler);
    };
  }

  private static void toFloats(
      int row, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      y.set(RowMath.FLOAT, yAt + 4L * i, x.get(JAVA_INT_UNALIGNED, xAt + 4L * i));
    }
  }

  private static void toIntegers(
      int row, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      y.set(JAVA_INT_UNALIGNED, yAt + 4L * i, (int) x.get(RowMath.FLOAT, xAt + 4L * i));
    }
  }

  static Binding binary(Binary op) {
    return (step, compiler) -> {
      Scratch.Frame frame = compiler.frame();
      Shape shape = step.output().type().shape();
      Tensor a = broadcast(step.input(0), shape);
      Tensor b = broadcast(step.input(1), shape);
      boolean isDense = a.layout().isDense() && b.layout().isDense();
      FloatOperand left = FloatOperand.of(rows(a, isDense), compiler, frame);
      FloatOperand right = FloatOperand.of(rows(b, isDense), compiler, frame);
      bindPair(
          binary(op.kind(), compiler.rows()),
          left,
          right,
          rows(step.output(), isDense),
          compiler,
          frame);
    };
  }

  private static PairKernel.Function binary(Binary.Kind kind, RowMath math) {
    return (_, a, aAt, b, bAt, y, yAt, length) -> math.binary(kind, a, aAt, b, bAt, y, yAt, length);
  }

  /// Adds values to a part of a tensor, in place.
  static Kernel addTo(Tensor target, Tensor values, SegmentCompiler compiler) {
    Scratch.Frame frame = compiler.frame();
    Rows rows = Rows.of(target);
    FloatOperand sums = FloatOperand.of(rows, compiler, frame);
    FloatOperand summands = FloatOperand.of(Rows.of(values), compiler, frame);
    Parts parts = Parts.of(rows.count(), rows.length(), compiler.workers());
    PairKernel.Function add = binary(Binary.Kind.ADD, compiler.rows());
    return new PairKernel(add, sums, summands, new FloatResult(rows, compiler, frame), parts);
  }

  static Binding glu(Glu op) {
    return (step, compiler) -> {
      Scratch.Frame frame = compiler.frame();
      boolean isDense = areDense(step);
      FloatOperand gate =
          FloatOperand.activated(
              op.kind().activation(), rows(step.input(0), isDense), compiler, frame);
      FloatOperand up = FloatOperand.of(rows(step.input(1), isDense), compiler, frame);
      PairKernel.Function product = binary(Binary.Kind.MUL, compiler.rows());
      bindPair(product, gate, up, rows(step.output(), isDense), compiler, frame);
    };
  }

  static Binding swigluOai(SwigluOai op) {
    return (step, compiler) -> {
      Scratch.Frame frame = compiler.frame();
      boolean isDense = areDense(step);
      FloatOperand gate = FloatOperand.of(rows(step.input(0), isDense), compiler, frame);
      FloatOperand up = FloatOperand.of(rows(step.input(1), isDense), compiler, frame);
      RowMath math = compiler.rows();
      PairKernel.Function function =
          (_, a, aAt, b, bAt, y, yAt, length) -> math.swigluOai(op, a, aAt, b, bAt, y, yAt, length);
      bindPair(function, gate, up, rows(step.output(), isDense), compiler, frame);
    };
  }

  private static void bindPair(
      PairKernel.Function function,
      FloatOperand a,
      FloatOperand b,
      Rows result,
      SegmentCompiler compiler,
      Scratch.Frame frame) {
    Parts parts = Parts.of(result.count(), result.length(), compiler.workers());
    compiler.add(new PairKernel(function, a, b, new FloatResult(result, compiler, frame), parts));
  }

  private static boolean areDense(Step step) {
    return step.inputs().stream().allMatch(input -> input.layout().isDense());
  }

  private static Rows rows(Tensor tensor, boolean inPieces) {
    return inPieces ? Rows.pieces(tensor) : Rows.of(tensor);
  }

  private static Tensor broadcast(Tensor tensor, Shape shape) {
    return tensor.view(tensor.type().withShape(shape), tensor.layout().broadcastTo(shape));
  }
}
