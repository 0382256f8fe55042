package org.jgml.opencl;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Band;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.Glu;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Ops on elements. Tensors without gaps are one long row.
final class ElementwiseKernels {
  private ElementwiseKernels() {}

  /// Functions with parameters, which follow those of [Unary.Kind].
  private static final List<String> PARAMETRISED = List.of("scale", "clamp", "leaky_relu", "xielu");

  /// The functions of `functions.cl`, by number.
  private static final List<String> FUNCTIONS =
      Stream.concat(
              Arrays.stream(Unary.Kind.values()).map(ElementwiseKernels::name),
              PARAMETRISED.stream())
          .toList();

  /// The activations of gated units.
  private static final List<String> ACTIVATIONS =
      Arrays.stream(Glu.Kind.values()).map(kind -> name(kind.activation())).toList();

  /// The number of the clamped unit in `gated.cl`.
  private static final int CLAMPED_UNIT = -1;

  private static String name(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /// The functions of a program, whose number is an argument.
  private static ProgramSource program(List<String> functions, String... files) {
    String cases =
        functions.stream()
            .map(name -> "case %d: return f_%s(x, p);".formatted(FUNCTIONS.indexOf(name), name))
            .collect(Collectors.joining(" "));
    return ProgramSource.of("functions").and(files).with("CASES", cases);
  }

  static Binding unary(Unary op) {
    return function(name(op.kind()), 0, 0, 0, 0);
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
              .number(FUNCTIONS.indexOf(name))
              .vector(parameters[0], parameters[1], parameters[2], parameters[3]);
      compiler.elementwise(
          functions(y.type().dataType()),
          "unary",
          arguments,
          vectors(shape, compiler),
          shape.rows());
    };
  }

  /// The program of all functions of one element.
  static ProgramSource functions(DataType type) {
    return program(FUNCTIONS, "unary").withType("TYPE", type);
  }

  static Binding binary(Binary op) {
    return (step, compiler) ->
        binary(op.kind(), step.input(0), step.input(1), step.output(), compiler);
  }

  private static void binary(
      Binary.Kind kind, Tensor a, Tensor b, Tensor y, SegmentCompiler compiler) {
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
            .number(shape.rowLength())
            .number(kind.ordinal());
    ProgramSource source = ProgramSource.of("binary").withType("TYPE", y.type().dataType());
    for (Binary.Kind each : Binary.Kind.values()) {
      source = source.with(each.name(), each.ordinal());
    }
    compiler.elementwise(source, "binary", arguments, vectors(shape, compiler), shape.rows());
  }

  /// Adds to a part of a tensor.
  static void add(Tensor part, Tensor values, SegmentCompiler compiler) {
    binary(Binary.Kind.ADD, part, values, part, compiler);
  }

  static Binding band(Band op) {
    return (step, compiler) -> {
      Shape shape = step.output().type().shape();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.input(0))
              .tensor(step.output())
              .number(shape.rowLength())
              .number(shape.dim(-2))
              .number(op.first())
              .number(op.last())
              .number(op.elsewhere());
      ProgramSource source =
          ProgramSource.of("band").withType("TYPE", step.output().type().dataType());
      compiler.elementwise(source, "band", arguments, shape.rowLength(), shape.rows());
    };
  }

  /// The number of an activation in [#activations].
  static int number(Glu op) {
    return FUNCTIONS.indexOf(name(op.kind().activation()));
  }

  /// A program that applies activations of gated units.
  static ProgramSource activations(String... files) {
    return program(ACTIVATIONS, files);
  }

  static Binding glu(Glu op) {
    return (step, compiler) -> gated(number(op), 0, 0, step, compiler);
  }

  static Binding swigluOai(SwigluOai op) {
    return (step, compiler) -> gated(CLAMPED_UNIT, op.alpha(), op.limit(), step, compiler);
  }

  private static void gated(
      int function, float first, float second, Step step, SegmentCompiler compiler) {
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
            .number(function)
            .vector(first, second, 0, 0);
    compiler.elementwise(
        activations("gated").withType("TYPE", y.type().dataType()),
        "gated",
        arguments,
        vectors(shape, compiler),
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

  /// Work-items for a row.
  static long vectors(Shape shape, SegmentCompiler compiler) {
    return Math.ceilDiv(shape.rowLength(), compiler.tuning().width());
  }
}
