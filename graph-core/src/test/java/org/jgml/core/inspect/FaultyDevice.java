package org.jgml.core.inspect;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.conformance.ForwardingDevice;
import org.jgml.core.reference.Elements;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.tensor.Layout;

/// The reference device with one wrong kernel.
///
/// @param node the name of the node whose kernel is wrong
/// @param fault what is wrong with it
record FaultyDevice(Device device, String node, Fault fault) implements ForwardingDevice {
  /// A mistake as kernels have it.
  enum Fault {
    /// One element of the result is NaN.
    SEEDED_NAN,
    /// The last row of the result is left as it was.
    UNWRITTEN_ROW,
    /// The rows of operand 0 are read as if they were the next one along in memory.
    WRONG_STRIDE,
    /// Each query sees one key too many: the one after its own position.
    WRONG_MASK
  }

  FaultyDevice(String node, Fault fault) {
    this(new ReferenceDevice("faulty"), node, fault);
  }

  FaultyDevice(String name, String node, Fault fault) {
    this(new ReferenceDevice(name), node, fault);
  }

  @Override
  public Executable compile(Segment segment) {
    List<Executable> steps = segment.steps().stream().map(this::compile).toList();
    return executable(() -> steps.forEach(Executable::run));
  }

  private Executable compile(Step step) {
    if (!step.node().name().equals(node)) {
      return run(step);
    }
    return switch (fault) {
      case SEEDED_NAN -> executable(() -> thenSeedNan(step));
      case UNWRITTEN_ROW -> executable(() -> withoutLastRow(step));
      case WRONG_STRIDE -> run(withOperand(step, 0, wrongStride(step.input(0))));
      case WRONG_MASK -> executable(() -> withLaterPositions(step));
    };
  }

  private Executable run(Step step) {
    return device.compile(new Segment(List.of(step)));
  }

  private static Executable executable(Runnable run) {
    return new Executable() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public void close() {}
    };
  }

  private void thenSeedNan(Step step) {
    run(step).run();
    double[] values = Elements.read(step.output());
    values[values.length / 2] = Double.NaN;
    Elements.write(step.output(), values);
  }

  private void withoutLastRow(Step step) {
    Tensor output = step.output();
    long length = output.type().shape().rowLength() * Float.BYTES;
    long at = output.start() + output.type().bytes() - length;
    MemorySegment before = MemorySegment.ofArray(new byte[(int) length]);
    output.buffer().download(at, before);
    run(step).run();
    output.buffer().upload(at, before);
  }

  private static Tensor wrongStride(Tensor tensor) {
    Layout right = tensor.layout();
    long[] strides = new long[right.shape().rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = axis == strides.length - 2 ? right.stride(axis) - 1 : right.stride(axis);
    }
    return tensor.view(tensor.type(), Layout.of(right.shape(), strides, right.offset()));
  }

  private void withLaterPositions(Step step) {
    int operand = step.op().operandNames().indexOf("positions");
    Tensor positions = step.input(operand);
    double[] later = Elements.read(positions);
    for (int i = 0; i < later.length; i++) {
      later[i]++;
    }
    try (HostBuffer shifted = HostBuffer.allocate(name(), positions.type().bytes())) {
      Tensor wrong = Tensor.dense(positions.type(), shifted, 0);
      Elements.write(wrong, later);
      run(withOperand(step, operand, wrong)).run();
    }
  }

  private static Step withOperand(Step step, int index, Tensor tensor) {
    List<Tensor> inputs = new ArrayList<>(step.inputs());
    inputs.set(index, tensor);
    return new Step(step.node(), inputs, step.output());
  }
}
