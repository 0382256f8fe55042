package org.jgml.cuda;

import java.util.Arrays;
import java.util.Locale;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.Glu;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Ops on elements. Tensors without gaps are one long row.
final class ElementwiseKernels {
  /// Elements of a thread: WIDTH of `common.cuh`.
  private static final int WIDTH = 4;

  // Functions of `functions.cuh` behind those of Unary.Kind, whose codes are ordinals.
  private static final int SCALE = 26;
  private static final int CLAMP = 27;
  private static final int LEAKY_RELU = 28;
  private static final int XIELU = 29;

  /// SWIGLU_OAI of `gated.cu`.
  private static final int SWIGLU_OAI = -1;

  private ElementwiseKernels() {}

  static Binding unary(Unary op) {
    return function(op.kind().ordinal(), 0, 0, 0, 0);
  }

  static Binding scale(Scale op) {
    return function(SCALE, op.factor(), op.bias(), 0, 0);
  }

  static Binding clamp(Clamp op) {
    return function(CLAMP, op.low(), op.high(), 0, 0);
  }

  static Binding leakyRelu(LeakyRelu op) {
    return function(LEAKY_RELU, op.slope(), 0, 0, 0);
  }

  static Binding xielu(Xielu op) {
    return function(XIELU, op.alphaNegative(), op.alphaPositive(), op.beta(), op.epsilon());
  }

  private static Binding function(int code, float... parameters) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Tensor y = step.output();
      Shape shape = joined(x, y);
      KernelArguments arguments =
          new KernelArguments().tensor(x, reshaped(x, shape)).tensor(y, reshaped(y, shape));
      pieces(arguments, shape).number(code).numbers(parameters);
      launch("unary", y, arguments, shape, compiler);
    };
  }

  static Binding binary(Binary op) {
    return (step, compiler) ->
        binary(op.kind(), step.input(0), step.input(1), step.output(), compiler);
  }

  /// `y = a ∘ b`, where a row of `a` or `b` may be one element.
  static void binary(Binary.Kind kind, Tensor a, Tensor b, Tensor y, SegmentCompiler compiler) {
    boolean isAlike =
        a.type().shape().equals(y.type().shape()) && b.type().shape().equals(y.type().shape());
    Shape shape = isAlike ? joined(a, b, y) : y.type().shape();
    Layout left = isAlike ? reshaped(a, shape) : a.layout().broadcastTo(shape);
    Layout right = isAlike ? reshaped(b, shape) : b.layout().broadcastTo(shape);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(a, left)
            .tensor(b, right)
            .tensor(y, reshaped(y, shape))
            .number(isAlike ? shape.rowLength() : a.type().shape().rowLength())
            .number(isAlike ? shape.rowLength() : b.type().shape().rowLength());
    pieces(arguments, shape).number(kind.ordinal());
    launch("binary", y, arguments, shape, compiler);
  }

  static Binding glu(Glu op) {
    return (step, compiler) -> gated(op.kind().activation().ordinal(), 0, 0, step, compiler);
  }

  static Binding swigluOai(SwigluOai op) {
    return (step, compiler) -> gated(SWIGLU_OAI, op.alpha(), op.limit(), step, compiler);
  }

  private static void gated(
      int code, float first, float second, Step step, SegmentCompiler compiler) {
    Tensor gate = step.input(0);
    Tensor up = step.input(1);
    Tensor y = step.output();
    Shape shape = joined(gate, up, y);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(gate, reshaped(gate, shape))
            .tensor(up, reshaped(up, shape))
            .tensor(y, reshaped(y, shape));
    pieces(arguments, shape).number(code).numbers(first, second, 0, 0);
    launch("gated", y, arguments, shape, compiler);
  }

  /// The fields `length`, `items` and `rows`.
  private static KernelArguments pieces(KernelArguments arguments, Shape shape) {
    return arguments.number(shape.rowLength()).number(vectors(shape)).number(shape.rows());
  }

  private static void launch(
      String file, Tensor y, KernelArguments arguments, Shape shape, SegmentCompiler compiler) {
    compiler.elementwise(Program.of(file), typed(file, y), arguments, vectors(shape), shape.rows());
  }

  /// The kernel of a file for the element type of a tensor.
  static String typed(String file, Tensor tensor) {
    return file + "_" + tensor.type().dataType().name().toLowerCase(Locale.ROOT);
  }

  /// One row of everything if none of the tensors has gaps, else their own shape.
  static Shape joined(Tensor... tensors) {
    boolean isDense = Arrays.stream(tensors).allMatch(tensor -> tensor.layout().isDense());
    Shape shape = tensors[0].type().shape();
    return isDense ? Shape.of(shape.elements()) : shape;
  }

  static Layout reshaped(Tensor tensor, Shape shape) {
    return tensor.layout().reshape(shape).orElseThrow();
  }

  private static long vectors(Shape shape) {
    return Math.ceilDiv(shape.rowLength(), WIDTH);
  }
}
