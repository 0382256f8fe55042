package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.conformance.FaultyKernels.Right;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Input;
import org.jgml.core.op.Op;
import org.jgml.core.op.Softmax;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.TensorType;

/// Ways to spoil a right kernel.
final class Tampering {
  private static final int LANES = 16;

  private Tampering() {}

  /// Changes the elements of the right result; the first array is operand 0.
  static void withElements(Right k, BiConsumer<double[], double[]> change) {
    double[] x = Elements.read(k.step().input(0));
    k.run();
    double[] y = Elements.read(k.output());
    change.accept(x, y);
    Elements.write(k.output(), y);
  }

  /// Runs the right kernel on another operand.
  static void withInput(Right k, int operand, UnaryOperator<Tensor> change) {
    List<Tensor> inputs = new ArrayList<>(k.step().inputs());
    inputs.set(operand, change.apply(inputs.get(operand)));
    k.run(new Step(k.step().node(), inputs, k.output()));
  }

  /// Runs the right kernel on other values of an operand.
  static void withInputValues(Right k, int operand, Consumer<double[]> change) {
    withInput(k, operand, tensor -> changed(tensor, change));
  }

  /// The same for an operand that not every case has.
  static void withInputValues(Right k, String operand, Consumer<double[]> change) {
    int index = k.step().op().operandNames().indexOf(operand);
    if (index < 0) {
      k.run();
    } else {
      withInputValues(k, index, change);
    }
  }

  private static Tensor changed(Tensor tensor, Consumer<double[]> change) {
    TensorType type = tensor.type();
    double[] values = Elements.read(tensor);
    change.accept(values);
    Tensor other = Tensor.dense(type, HostBuffer.allocate("faulty", type.bytes()), 0);
    Elements.write(other, values);
    return other;
  }

  /// Runs the kernel of another op on the same operands.
  static void withOp(Right k, Op.Compute op) {
    k.run(new Step(node(op, k.step()), k.step().inputs(), k.output()));
  }

  private static Node node(Op.Compute op, Step step) {
    GraphBuilder g = new GraphBuilder();
    Node[] inputs =
        step.inputs().stream().map(x -> g.apply(new Input(x.type()))).toArray(Node[]::new);
    return g.apply(op, inputs);
  }

  /// The result of another op for the operands of a step.
  static double[] result(Op.Compute op, Step step) {
    List<Arguments.Values> values =
        step.inputs().stream()
            .map(x -> new Arguments.Values(x.type().shape(), Elements.read(x)))
            .toList();
    return op.evaluate(new Arguments(op, values), node(op, step).type());
  }

  static Tensor dense(Tensor x) {
    Layout layout = Layout.dense(x.layout().shape());
    boolean fits = x.layout().span() >= layout.span();
    return fits ? x.view(x.type(), layout.slice(0, 0, layout.shape().dim(0), 1)) : x;
  }

  static Tensor withoutOffset(Tensor x) {
    int rank = x.layout().shape().rank();
    long[] strides = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      strides[axis] = x.layout().stride(axis);
    }
    return x.view(x.type(), Layout.of(x.layout().shape(), strides, 0));
  }

  /// Leaves bytes of the result, which is dense, as they were before.
  private static void keeping(Right k, long from, long bytes) {
    byte[] before = new byte[Math.toIntExact(bytes)];
    k.output().buffer().download(k.output().start() + from, MemorySegment.ofArray(before));
    k.run();
    k.output().buffer().upload(k.output().start() + from, MemorySegment.ofArray(before));
  }

  static void withoutTail(Right k) {
    TensorType type = k.output().type();
    boolean isWhole = type.shape().rowLength() % LANES == 0;
    int element = type.dataType().blockBytes();
    keeping(k, type.bytes() - element, isWhole ? 0 : element);
  }

  static void withoutLastRow(Right k) {
    TensorType type = k.output().type();
    long row = type.dataType().bytes(type.shape().rowLength());
    keeping(k, type.bytes() - row, row);
  }

  static void overflowing(Right k) {
    Softmax op = (Softmax) k.step().op();
    boolean isPlain = SeededFault.isPlain(op);
    withElements(
        k,
        (x, y) -> {
          for (int i = 0; i < y.length && isPlain; i++) {
            y[i] =
                (float) Math.exp(op.scale() * x[i]) < Float.POSITIVE_INFINITY ? y[i] : Double.NaN;
          }
        });
  }

  /// What the poisoned result held is added.
  static void accumulating(Right k) {
    double[] before = Elements.read(k.output());
    withElements(k, (_, y) -> y[0] += Math.abs(before[0]) < 1e30 ? 0 : 1);
  }

  static void truncating(Right k) {
    if (k.output().type().dataType() != DataType.F16) {
      k.run();
      return;
    }
    withElements(
        k,
        (x, y) -> {
          for (int i = 0; i < y.length; i++) {
            float rounded = (float) y[i];
            boolean isAway = Math.abs(rounded) > Math.abs(x[i]) && rounded != 0;
            y[i] = isAway ? towardsZero(rounded) : rounded;
          }
        });
  }

  private static float towardsZero(float half) {
    return Float.float16ToFloat((short) (Float.floatToFloat16(half) - 1));
  }

  static void nextCode(Right k) {
    k.run();
    if (k.output().type().dataType() == DataType.Q8_0) {
      MemorySegment bytes = k.output().segment();
      long at = k.output().firstByte() + 2;
      byte code = bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at);
      bytes.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (code ^ 1));
    }
  }

  /// Where the result lies over the operand it is made of what was written already.
  static void hazard(Right k) {
    k.run();
    if (k.output().start() == k.step().input(0).start()) {
      k.run();
      double[] y = Elements.read(k.output());
      y[y.length - 1] *= 2;
      Elements.write(k.output(), y);
    }
  }

  static void narrowIndices(Right k) {
    withInputValues(
        k,
        1,
        indices -> {
          boolean isLong = k.step().input(1).type().dataType() == DataType.I64;
          for (int i = indices.length - 1; i >= 0 && isLong; i--) {
            indices[i] = i % 2 == 0 ? indices[i / 2] : 0;
          }
        });
  }

  static void writeAt(Right k, boolean behind) {
    k.run();
    TensorType type = k.output().type();
    long at = k.output().start() + (behind ? type.bytes() : -type.dataType().blockBytes());
    k.output().buffer().upload(at, MemorySegment.ofArray(new byte[type.dataType().blockBytes()]));
  }

  static void changingInput(Right k) {
    k.run();
    Tensor x = k.step().input(0);
    k.output().buffer().upload(x.firstByte(), MemorySegment.ofArray(new byte[1]));
  }

  /// Equal neighbours change places.
  static void unstable(Right k) {
    withElements(
        k,
        (x, y) -> {
          int length = (int) k.output().type().shape().rowLength();
          for (int i = 1; i < length; i++) {
            if (x[(int) y[i]] == x[(int) y[i - 1]]) {
              double first = y[i];
              y[i] = y[i - 1];
              y[i - 1] = first;
            }
          }
        });
  }
}
