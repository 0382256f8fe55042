package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.BoundedDevice;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceMemory;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Factors;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.StreamCall;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;

/// One CUDA device: its memory, its programs, and a main stream that does in order whatever no
/// other stream was asked for.
///
/// Nothing is opened on the device before it is first used.
final class CudaDevice implements AsynchronousDevice, BoundedDevice {
  /// What is there as long as a device is open.
  ///
  /// @param streams how many there are beside the main one
  private record Opened(
      CudaContext context,
      CudaStream stream,
      MemoryPool pool,
      Programs programs,
      DependentLaunches dependents,
      AtomicInteger streams)
      implements AutoCloseable {
    static Opened of(String name, DeviceProfile profile, CudaOptions options) {
      ProgramImages images =
          options.compilesHere()
              ? RuntimeCompiler.of(name, profile)
              : new ShippedPtx(profile, options.dependent());
      CudaContext context = new CudaContext(name, profile.ordinal());
      AtomicInteger streams = new AtomicInteger();
      Programs programs = new Programs(context, images);
      return new Opened(
          context,
          new CudaStream(context, programs, () -> {}),
          new MemoryPool(context, streams, options.pooled()),
          programs,
          DependentLaunches.of(profile, options),
          streams);
    }

    @Override
    public void close() {
      stream.close();
      programs.close();
      pool.close();
      context.close();
    }
  }

  private final String name;
  private final DeviceProfile profile;
  private final CudaOptions options;
  private Opened opened;

  CudaDevice(String name, DeviceProfile profile, CudaOptions options) {
    this.name = name;
    this.profile = profile;
    this.options = options;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>(profile.facts());
    facts.put("dependent launches", DependentLaunches.of(profile, options).text());
    return facts;
  }

  DeviceProfile profile() {
    return profile;
  }

  CudaOptions options() {
    return options;
  }

  @Override
  public Verdict supports(Node node) {
    return CudaKernels.supports(node);
  }

  @Override
  public Factors factors(Node node) {
    return tensorCores().factors(node);
  }

  TensorCores tensorCores() {
    return TensorCores.of(profile, options);
  }

  private synchronized Opened opened() {
    if (opened == null) {
      opened = Opened.of(name, profile, options);
    }
    return opened;
  }

  CudaStream stream() {
    return opened().stream();
  }

  DependentLaunches dependents() {
    return opened().dependents();
  }

  Programs programs() {
    return opened().programs();
  }

  @Override
  public CudaBuffer allocate(long bytes) {
    CudaBuffer buffer = create(bytes);
    stream().clear(buffer.address(), bytes + MemoryPool.OVERRUN_BYTES);
    return buffer;
  }

  /// Memory that holds anything.
  CudaBuffer create(long bytes) {
    return new CudaBuffer(stream(), opened().pool(), bytes);
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    CudaBuffer buffer = create(bytes.byteSize());
    buffer.upload(0, bytes);
    stream().clear(buffer.address() + bytes.byteSize(), MemoryPool.OVERRUN_BYTES);
    return buffer;
  }

  @Override
  public CudaExecutable compile(Segment segment) {
    return new SegmentCompiler(this).compile(segment);
  }

  @Override
  public DeviceMemory memory() {
    return opened().pool().memory();
  }

  @Override
  public CudaStream mainStream() {
    return stream();
  }

  @Override
  public CudaStream openStream() {
    AtomicInteger streams = opened().streams();
    CudaStream stream = new CudaStream(opened().context(), programs(), streams::decrementAndGet);
    streams.incrementAndGet();
    return stream;
  }

  @Override
  public CudaEvent newEvent() {
    return new CudaEvent(opened().context());
  }

  @Override
  public HostMemory allocateHost(long bytes) {
    PinnedMemory memory = new PinnedMemory(opened().context(), Math.max(1, bytes));
    return new HostMemory(memory.segment().asSlice(0, bytes), memory::close);
  }

  @Override
  public boolean reaches(Device other) {
    return other instanceof CudaDevice peer
        && peer != this
        && opened().context().reaches(peer.opened().context());
  }

  /// Not if launches are to be seen one by one.
  @Override
  public boolean callsHost() {
    return options.graphs() && profile.waitsForNumbers();
  }

  @Override
  public Executable call(StreamCall call) {
    return new CudaHostCall(stream(), call);
  }

  @Override
  public Executable join(List<Executable> parts) {
    return new CudaJoined(this, parts);
  }

  @Override
  public void synchronise() {
    stream().finish();
  }

  @Override
  public synchronized void close() {
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }
}
