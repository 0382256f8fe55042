package org.jgml.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.TensorType;

/// Turns the steps of a segment into commands.
final class SegmentCompiler {
  private final CudaDevice device;
  private final Arena arena = Arena.ofShared();
  private final Deque<Command> commands = new ArrayDeque<>();
  private final List<CudaBuffer> buffers = new ArrayList<>();
  private final RoundedTokens roundedTokens = new RoundedTokens();
  private CudaBuffer workspace;
  private CudaBuffer tokens;
  private Faults faults;
  private Step step;

  SegmentCompiler(CudaDevice device) {
    this.device = device;
  }

  CudaExecutable compile(Segment segment) {
    try {
      segment.requireKernels(device);
      List<Fusion> left = segment.fusions(this::takes);
      while (!left.isEmpty()) {
        int count = bindFirst(left);
        left.stream().limit(count).forEach(this::written);
        left = left.subList(count, left.size());
      }
      return executable();
    } catch (RuntimeException e) {
      executable().close();
      throw e;
    }
  }

  private boolean takes(Fusion fusion) {
    return switch (fusion) {
      case Fusion.Single _ -> true;
      case Fusion.ProductSum sum -> MatmulKernels.takes(sum);
      case Fusion.GatedProducts products -> MatmulKernels.takes(products);
      case Fusion.StoredRotation rotation -> RopeKernels.takes(rotation);
      case Fusion.MergedAttention attention -> AttentionMerging.takes(attention);
      case Fusion.MaskedTopK masked -> SortKernels.takes(masked);
    };
  }

  /// Binds what comes first, and what can be one launch with it.
  ///
  /// @return how many that were
  private int bindFirst(List<Fusion> left) {
    Fusion first = left.getFirst();
    step = first.last();
    if (step.output().layout().shape().elements() == 0) {
      return 1;
    }
    Optional<JoinedProducts> products = JoinedProducts.of(left);
    if (products.isPresent()) {
      products.get().launch(this);
      return products.get().products().size();
    }
    Optional<JoinedRotation> rotation = JoinedRotation.of(left);
    if (rotation.isPresent()) {
      rotation.get().launch(this);
      return JoinedRotation.COUNT;
    }
    bind(first);
    return 1;
  }

  private void written(Fusion fusion) {
    fusion.steps().forEach(each -> roundedTokens.written(each.output()));
  }

  private void bind(Fusion fusion) {
    switch (fusion) {
      case Fusion.Single _ -> CudaKernels.binding(step.op()).bind(step, this);
      case Fusion.ProductSum sum -> MatmulKernels.productSum(sum, this);
      case Fusion.GatedProducts products -> MatmulKernels.gatedProducts(products, this);
      case Fusion.StoredRotation rotation -> RopeKernels.storedRotation(rotation, this);
      case Fusion.MergedAttention attention -> AttentionMerging.merged(attention, this);
      case Fusion.MaskedTopK masked -> SortKernels.maskedTopK(masked, this);
    }
  }

  private CudaExecutable executable() {
    return new CudaExecutable(
        device, List.copyOf(commands), new CudaExecutable.Memory(arena, buffers, faults));
  }

  CudaOptions options() {
    return device.options();
  }

  TensorCores tensorCores() {
    return device.tensorCores();
  }

  DeviceProfile profile() {
    return device.profile();
  }

  /// Adds a kernel. Right behind another one it may begin early if it waits for that by itself.
  void launch(Program program, String kernel, KernelArguments arguments, Geometry geometry) {
    KernelHandle function = device.programs().kernel(program, kernel);
    device.programs().permit(function, geometry.sharedBytes());
    MemorySegment structure = arguments.structure();
    MemorySegment kept = arena.allocate(structure.byteSize(), Long.BYTES).copyFrom(structure);
    boolean isEarly = program.isDependent() && commands.peekLast() instanceof Launch;
    DependentLaunches early = isEarly ? device.dependents() : null;
    commands.add(new Launch(step.node().toString(), function, geometry, kept, early));
  }

  /// Adds a kernel that makes `items` pieces of each of `rows` rows, each thread its own: the
  /// fields `items` and `rows` of its structure come next.
  void elementwise(
      Program program, String kernel, KernelArguments arguments, long items, long rows) {
    launch(program, kernel, arguments, Geometry.elements(Math.multiplyExact(items, rows)));
  }

  /// Adds a copy of bytes that lie next to each other.
  void copy(Tensor from, Tensor to, long bytes) {
    long source = KernelArguments.address(from);
    long target = KernelArguments.address(to);
    commands.add(stream -> stream.copy(source, target, bytes));
  }

  /// The address of memory of the executable's own.
  long scratch(long bytes) {
    CudaBuffer buffer = device.create(bytes);
    buffers.add(buffer);
    return buffer.address();
  }

  /// The address of memory of the executable's own that the next step may use again.
  long workspace(long bytes) {
    workspace = ofAtLeast(bytes, workspace);
    return workspace.address();
  }

  /// The address of memory for [#roundedTokens], which further steps may read.
  long tokens(long bytes) {
    tokens = ofAtLeast(bytes, tokens);
    return tokens.address();
  }

  RoundedTokens roundedTokens() {
    return roundedTokens;
  }

  private CudaBuffer ofAtLeast(long bytes, CudaBuffer buffer) {
    if (buffer != null && buffer.bytes() >= bytes) {
      return buffer;
    }
    CudaBuffer larger = device.create(bytes);
    buffers.add(larger);
    return larger;
  }

  /// A tensor in memory of the executable's own.
  Tensor temporary(TensorType type) {
    CudaBuffer buffer = device.create(type.bytes());
    buffers.add(buffer);
    return Tensor.dense(type, buffer, 0);
  }

  /// The address of memory that holds these bytes.
  long constant(MemorySegment bytes) {
    CudaBuffer buffer = device.create(bytes.byteSize());
    buffers.add(buffer);
    buffer.upload(0, bytes);
    return buffer.address();
  }

  /// The address at which steps note an index that is out of range.
  long faultAddress() {
    return faults().address();
  }

  /// The number of a step among those that note an index.
  int faultNumber(Step noting) {
    return faults().add(noting.node());
  }

  private Faults faults() {
    if (faults == null) {
      faults = new Faults(device.stream().context());
    }
    return faults;
  }
}
