package org.jgml.opencl;

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
  /// Elements of a work-item: WIDTH of `common.cl`.
  private static final int WIDTH = 8;

  private ElementwiseKernels() {}

  static Binding unary(Unary op) {
    return function(op.kind().name().toLowerCase(Locale.ROOT), 0, 0, 0, 0);
  }

  static Binding scale(Scale op) {
    return function("scale", op.factor(), op.bias(), 0, 0);
  }

  static Binding clamp(Clamp op) {
    return function("clamp", op.low(), op.high(), 0, 0);
  }

  static Binding leakyRelu(LeakyRelu op) {
    return function("leaky_relu", op.slope(), 0, 0, 0);
  }

  static Binding xielu(Xielu op) {
    return function("xielu", op.alphaNegative(), op.alphaPositive(), op.beta(), op.epsilon());
  }

  /// One of `functions.cl` with its parameters.
  private static Binding function(String name, float... parameters) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Tensor y = step.output();
      Shape shape = joined(x, y);
      KernelArguments arguments =
          new KernelArguments()
              .tensor(x, reshaped(x, shape))
              .tensor(y, reshaped(y, shape))
              .number(shape.rowLength())
              .vector(parameters[0], parameters[1], parameters[2], parameters[3]);
      ProgramSource source =
          ProgramSource.of("functions", "unary")
              .with("FUNCTION", "f_" + name)
              .withType("TYPE", y.type().dataType());
      compiler.elementwise(source, "unary", arguments, vectors(shape), shape.rows());
    };
  }

  static Binding binary(Binary op) {
    String operator =
        switch (op.kind()) {
          case ADD -> "+";
          case SUB -> "-";
          case MUL -> "*";
          case DIV -> "/";
        };
    return (step, compiler) -> {
      Tensor a = step.input(0);
      Tensor b = step.input(1);
      Tensor y = step.output();
      boolean isAlike =
          a.type().shape().equals(y.type().shape()) && b.type().shape().equals(y.type().shape());
      Shape shape = isAlike ? joined(a, b, y) : y.type().shape();
      Layout left = isAlike ? reshaped(a, shape) : a.layout().broadcastTo(shape);
      Layout right = isAlike ? reshaped(b, shape) : b.layout().broadcastTo(shape);
      KernelArguments arguments =
          new KernelArguments()
              .tensor(a, left)
              .number(isAlike ? shape.rowLength() : a.type().shape().rowLength())
              .tensor(b, right)
              .number(isAlike ? shape.rowLength() : b.type().shape().rowLength())
              .tensor(y, reshaped(y, shape))
              .number(shape.rowLength());
      ProgramSource source =
          ProgramSource.of("binary")
              .with("OPERATOR", operator)
              .withType("TYPE", y.type().dataType());
      compiler.elementwise(source, "binary", arguments, vectors(shape), shape.rows());
    };
  }

  static Binding glu(Glu op) {
    String activation = op.kind().activation().name().toLowerCase(Locale.ROOT);
    ProgramSource source =
        ProgramSource.of("functions", "glu", "gated").with("FUNCTION", "f_" + activation);
    return (step, compiler) -> gated(source, 0, 0, step, compiler);
  }

  static Binding swigluOai(SwigluOai op) {
    ProgramSource source = ProgramSource.of("functions", "swiglu_oai", "gated");
    return (step, compiler) -> gated(source, op.alpha(), op.limit(), step, compiler);
  }

  private static void gated(
      ProgramSource source, float first, float second, Step step, SegmentCompiler compiler) {
    Tensor gate = step.input(0);
    Tensor up = step.input(1);
    Tensor y = step.output();
    Shape shape = joined(gate, up, y);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(gate, reshaped(gate, shape))
            .tensor(up, reshaped(up, shape))
            .tensor(y, reshaped(y, shape))
            .number(shape.rowLength())
            .vector(first, second, 0, 0);
    compiler.elementwise(
        source.withType("TYPE", y.type().dataType()),
        "gated",
        arguments,
        vectors(shape),
        shape.rows());
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
