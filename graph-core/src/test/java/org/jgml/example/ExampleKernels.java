package org.jgml.example;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Op;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Five ops on F32: add, sub, mul, neg, abs.
final class ExampleKernels {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private ExampleKernels() {}

  /// What an op does with an element of each operand.
  private interface Kernel {
    float apply(float a, float b);
  }

  /// The one table: which kernel runs an op; null if there is none.
  private static Kernel kernel(Node node) {
    return switch (node.op()) {
      case Op _ when node.type().dataType() != DataType.F32 -> null;
      case Binary(Binary.Kind kind) ->
          switch (kind) {
            case ADD -> (a, b) -> a + b;
            case SUB -> (a, b) -> a - b;
            case MUL -> (a, b) -> a * b;
            default -> null;
          };
      case Unary(Unary.Kind kind) ->
          switch (kind) {
            case NEG -> (a, _) -> -a;
            case ABS -> (a, _) -> Math.abs(a);
            default -> null;
          };
      default -> null;
    };
  }

  static Verdict supports(Node node) {
    return kernel(node) == null ? Verdict.no("no kernel") : Verdict.YES;
  }

  static Runnable bind(Step step) {
    Kernel kernel = kernel(step.node());
    if (kernel == null) {
      throw new IllegalArgumentException("no kernel for " + step.node());
    }
    Tensor a = broadcast(step.input(0), step.output());
    Tensor b = broadcast(step.inputs().getLast(), step.output());
    return () -> run(kernel, a, b, step.output());
  }

  /// A smaller operand repeated by strides of 0.
  private static Tensor broadcast(Tensor x, Tensor y) {
    Layout layout = x.layout().broadcastTo(y.layout().shape());
    return x.view(x.type().withShape(layout.shape()), layout);
  }

  private static void run(Kernel kernel, Tensor a, Tensor b, Tensor y) {
    Shape shape = y.layout().shape();
    for (long row = 0; row < shape.rows(); row++) {
      for (long i = 0; i < shape.rowLength(); i++) {
        float value = kernel.apply(read(a, row, i), read(b, row, i));
        y.segment().set(FLOAT, at(y, row, i), value);
      }
    }
  }

  private static float read(Tensor x, long row, long i) {
    MemorySegment bytes = x.segment();
    return bytes.get(FLOAT, at(x, row, i));
  }

  private static long at(Tensor x, long row, long i) {
    long step = x.layout().shape().rank() == 0 ? 0 : x.layout().stride(-1);
    return x.byteOffset(x.layout().rowOffset(row) + i * step);
  }
}
