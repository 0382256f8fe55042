package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.TensorType;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/// Turns the steps of a segment into commands.
final class SegmentCompiler {
  private final OpenClDevice device;
  private final List<Command> commands = new ArrayList<>();
  private final List<cl_kernel> kernels = new ArrayList<>();
  private final List<OpenClBuffer> buffers = new ArrayList<>();

  /// Those of [#buffers] that no kernel of this step uses.
  private final List<OpenClBuffer> spare = new ArrayList<>();

  /// Those that kernels of this step use, and of no step after it.
  private final List<OpenClBuffer> lent = new ArrayList<>();

  private Faults faults;
  private Step step;

  SegmentCompiler(OpenClDevice device) {
    this.device = device;
  }

  OpenClExecutable compile(Segment segment) {
    try {
      segment.requireKernels(device);
      for (Fusion fusion : segment.fusions(this::takes)) {
        step = fusion.last();
        if (step.output().layout().shape().elements() > 0) {
          bind(fusion);
          spare.addAll(lent);
          lent.clear();
        }
      }
      return executable();
    } catch (RuntimeException e) {
      executable().close();
      throw e;
    }
  }

  private OpenClExecutable executable() {
    return new OpenClExecutable(device.queue(), commands, kernels, buffers, faults);
  }

  private boolean takes(Fusion fusion) {
    return switch (fusion) {
      case Fusion.Single _ -> true;
      case Fusion.ProductSum sum -> MatmulKernels.takes(sum, this);
      case Fusion.GatedProducts products -> MatmulKernels.takes(products, this);
      case Fusion.StoredRotation rotation -> RopeKernels.takes(rotation);
      case Fusion.MergedAttention _, Fusion.MaskedTopK _ -> false;
    };
  }

  private void bind(Fusion fusion) {
    switch (fusion) {
      case Fusion.Single _ -> OpenClKernels.binding(step.op()).bind(step, this);
      case Fusion.ProductSum sum -> MatmulKernels.productSum(sum, this);
      case Fusion.GatedProducts products -> MatmulKernels.gatedProducts(products, this);
      case Fusion.StoredRotation rotation -> RopeKernels.storedRotation(rotation, this);
      case Fusion.MergedAttention _, Fusion.MaskedTopK _ ->
          throw new IllegalStateException("not taken");
    }
  }

  Tuning tuning() {
    return device.tuning();
  }

  boolean isTiled() {
    return device.isTiled();
  }

  /// Local memory that a work-group may have.
  long localBytes() {
    return device.localBytes();
  }

  long computeUnits() {
    return device.computeUnits();
  }

  /// Adds a kernel run by groups of work-items.
  ///
  /// @param groups how many groups on each axis
  /// @param local work-items of a group, all on the first axis
  void launch(
      ProgramSource source, String kernel, KernelArguments arguments, int local, long... groups) {
    long[] locals = new long[groups.length];
    long[] globals = new long[groups.length];
    for (int axis = 0; axis < groups.length; axis++) {
      locals[axis] = axis == 0 ? local : 1;
      globals[axis] = groups[axis] * locals[axis];
    }
    launch(source, kernel, arguments, globals, locals);
  }

  /// Adds a kernel.
  void launch(
      ProgramSource source, String kernel, KernelArguments arguments, long[] global, long[] local) {
    add(kernel(source, kernel), arguments, global, local);
  }

  /// Adds a kernel that makes `items` elements of each of `rows` rows, each work-item its own.
  void elementwise(
      ProgramSource source, String kernel, KernelArguments arguments, long items, long rows) {
    cl_kernel made = kernel(source, kernel);
    long local = Math.min(tuning().elementItems(), device.programs().mostItems(made));
    long[] global = {Math.ceilDiv(items, local) * local, rows};
    add(made, arguments, global, new long[] {local, 1});
  }

  private void add(cl_kernel made, KernelArguments arguments, long[] global, long[] local) {
    Launch launch = new Launch(step.node().toString(), made, global, local);
    long items = Arrays.stream(local).reduce(1, Math::multiplyExact);
    long most = device.programs().mostItems(made);
    if (items > most) {
      throw new DeviceException(
          "%s: %s, and this kernel can have %d in a group. Fix: use another device (--device)."
              .formatted(device.name(), launch, most));
    }
    arguments.apply(step.node().toString(), made);
    commands.add(launch);
  }

  /// A new kernel, which the executable gives back.
  private cl_kernel kernel(ProgramSource source, String name) {
    cl_kernel made = device.programs().kernel(source, name);
    kernels.add(made);
    return made;
  }

  /// Adds a copy of bytes that lie next to each other.
  void copy(Tensor from, Tensor to, long bytes) {
    cl_mem source = ((OpenClBuffer) from.buffer()).memory();
    cl_mem target = ((OpenClBuffer) to.buffer()).memory();
    long fromAt = from.firstByte();
    long toAt = to.firstByte();
    commands.add(queue -> queue.copy(source, fromAt, target, toAt, bytes));
  }

  /// Memory for the kernels of this step, whose contents are not defined.
  cl_mem scratch(long bytes) {
    return lend(bytes).memory();
  }

  /// A tensor in such memory.
  Tensor temporary(TensorType type) {
    return Tensor.dense(type, lend(type.bytes()), 0);
  }

  /// Later steps take over what earlier ones had, since a queue does one after the other.
  private OpenClBuffer lend(long bytes) {
    OpenClBuffer buffer =
        spare.stream()
            .filter(candidate -> candidate.bytes() >= bytes)
            .min(Comparator.comparingLong(OpenClBuffer::bytes))
            .orElse(null);
    if (buffer == null) {
      buffer = device.reserve(Math.max(bytes, 1));
      buffers.add(buffer);
    }
    spare.remove(buffer);
    lent.add(buffer);
    return buffer;
  }

  /// Memory that holds these bytes.
  cl_mem constant(MemorySegment bytes) {
    OpenClBuffer buffer = device.allocate(bytes.byteSize());
    buffers.add(buffer);
    buffer.upload(0, bytes);
    return buffer.memory();
  }

  /// Adds where this step notes an index that is out of range: its number, and the memory.
  KernelArguments fault(KernelArguments arguments) {
    if (faults == null) {
      OpenClBuffer memory = device.allocate(Faults.BYTES);
      buffers.add(memory);
      faults = new Faults(memory.memory(), List.of());
    }
    faults = faults.with(step.node());
    return arguments.number(faults.nodes().size()).memory(faults.memory());
  }
}
