package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Input;
import org.jgml.core.op.Op;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The memory of a case: operands, the dense copies that some of them need, and the result, with
/// guard bytes before, between and behind. Bytes that hold no value are all ones, NaN in every
/// floating type.
final class CaseMemory {
  static final byte CANARY = -1;
  private static final int GUARD_BYTES = 128;
  private static final int ALIGNMENT = 64;

  private final Node node;
  private final List<Place> operands = new ArrayList<>();
  private final List<Place> copies = new ArrayList<>();
  private final Place result;
  private final byte[] initial;
  private long end = GUARD_BYTES;

  /// Where a tensor is.
  private record Place(TensorType type, Layout layout, long start, long bytes) {
    Tensor in(Buffer buffer) {
      return new Tensor(type, layout, buffer, start);
    }
  }

  /// @param copies whether the device copies operands that have no dense rows; if not they are
  ///   dense
  CaseMemory(ConformanceCase given, Node node, boolean copies) {
    this.node = node;
    List<Tensor> dense = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(given.seed());
    for (CaseOperand operand : given.operands()) {
      dense.add(OperandValues.dense(operand, given.values(), random));
      Layout view = operand.layout().view(operand.type());
      boolean stays = copies || reads(given.op(), view);
      operands.add(
          stays
              ? place(operand.type(), operand.layout().base(operand.type()).elements(), view)
              : place(operand.type()));
    }
    for (Place operand : operands) {
      boolean isCopied = needsCopy(operand);
      this.copies.add(isCopied ? place(operand.type()) : operand);
    }
    boolean overwrites = given.op().overwritesFirstOperand();
    result = overwrites ? this.copies.getFirst() : place(node.type());
    initial = new byte[Math.toIntExact(end)];
    Arrays.fill(initial, CANARY);
    for (int i = 0; i < dense.size(); i++) {
      scatter(dense.get(i), operands.get(i).in(host(initial)));
    }
  }

  /// Copies a dense tensor into any layout.
  private static void scatter(Tensor from, Tensor to) {
    if (to.layout().hasDenseRows()) {
      Elements.copy(from, to);
      return;
    }
    Shape elements = from.type().shape().append(1);
    TensorType column = from.type().withShape(elements);
    Layout target = to.layout().reshape(elements).orElseThrow();
    Elements.copy(from.view(column, Layout.dense(elements)), to.view(column, target));
  }

  private boolean needsCopy(Place operand) {
    return !reads((Op.Compute) node.op(), operand.layout()) && !(node.op() instanceof Copy);
  }

  /// Whether kernels of an op are given operands of this layout as they are.
  static boolean reads(Op.Compute op, Layout layout) {
    return op.needsDenseOperands() ? layout.isDense() : layout.hasDenseRows();
  }

  private Place place(TensorType type) {
    return place(type, type.shape().elements(), Layout.dense(type.shape()));
  }

  private Place place(TensorType type, long elements, Layout layout) {
    Place place = new Place(type, layout, end, type.dataType().bytes(elements));
    end = Math.ceilDiv(end + place.bytes() + GUARD_BYTES, ALIGNMENT) * ALIGNMENT;
    return place;
  }

  private static HostBuffer host(byte[] bytes) {
    return HostBuffer.over(MemorySegment.ofArray(bytes));
  }

  /// Bytes of the whole.
  long bytes() {
    return initial.length;
  }

  /// The bytes before a run.
  ///
  /// @param poison what the result and the copies hold
  byte[] initial(byte poison) {
    byte[] bytes = initial.clone();
    for (Place place : written()) {
      Arrays.fill(bytes, (int) place.start(), (int) (place.start() + place.bytes()), poison);
    }
    return bytes;
  }

  /// What is written as a whole: the result unless it overwrites an operand, and the copies.
  private List<Place> written() {
    List<Place> written = new ArrayList<>(copies);
    written.removeAll(operands);
    if (!copies.contains(result)) {
      written.add(result);
    }
    return written;
  }

  /// The values of an operand, as a device reads them.
  double[] operand(int index) {
    return Elements.read(operands.get(index).in(host(initial)));
  }

  /// The result in the bytes after a run.
  Tensor result(byte[] after) {
    return result.in(host(after));
  }

  /// The same place as the result would have in operand `index`.
  Tensor operandTensor(int index, byte[] after) {
    return operands.get(index).in(host(after));
  }

  /// The steps of a run: copies that are needed, then the op.
  ///
  /// @param inPlace the operand whose memory the result takes over; -1 for none
  List<Step> steps(Buffer buffer, int inPlace) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      if (needsCopy(operands.get(i))) {
        steps.add(copy(operands.get(i), copies.get(i), buffer));
      }
    }
    Place output = inPlace < 0 ? result : operands.get(inPlace);
    List<Tensor> inputs = copies.stream().map(place -> place.in(buffer)).toList();
    steps.add(new Step(node, inputs, output.in(buffer)));
    return steps;
  }

  private static Step copy(Place from, Place to, Buffer buffer) {
    GraphBuilder g = new GraphBuilder();
    Node copy = g.apply(new Copy(), g.apply(new Input(from.type())));
    return new Step(copy, List.of(from.in(buffer)), to.in(buffer));
  }

  /// Whether the result may take over the memory of an operand.
  boolean isReusable(int operand) {
    Place place = operands.get(operand);
    return place.type().equals(node.type()) && place.layout().isDense() && !needsCopy(place);
  }

  /// The first byte that a run changed although no value of the result is there, in words; empty if
  /// there is none.
  ///
  /// @param inPlace as in [#steps]
  String damage(byte[] before, byte[] after, int inPlace) {
    byte[] expected = before.clone();
    List<Place> written = new ArrayList<>(written());
    written.remove(result);
    written.add(inPlace < 0 ? result : operands.get(inPlace));
    for (Place place : written) {
      Elements.copy(place.in(host(after)), place.in(host(expected)));
    }
    int at = Arrays.mismatch(expected, after);
    return at < 0 ? "" : describe(at);
  }

  private String describe(int at) {
    for (int i = 0; i < operands.size(); i++) {
      Place place = operands.get(i);
      if (at >= place.start() && at < place.start() + place.bytes()) {
        return "operand %d was changed at byte %d of %d"
            .formatted(i, at - place.start(), place.bytes());
      }
    }
    long behind = at - (result.start() + result.bytes());
    return behind >= 0 && behind < GUARD_BYTES
        ? "wrote %d bytes behind the end of the result".formatted(behind + 1)
        : "wrote to memory that is none of its own, %d bytes from the result"
            .formatted(at - result.start());
  }

  /// Whether an element of a plain type was left as a poison made it.
  boolean isPoison(byte[] after, int element, byte poison) {
    DataType type = node.type().dataType();
    if (type.isQuantised() || !result.layout().isDense()) {
      return false;
    }
    int from = (int) (result.start() + (long) element * type.blockBytes());
    for (int i = from; i < from + type.blockBytes(); i++) {
      if (after[i] != poison) {
        return false;
      }
    }
    return true;
  }
}
