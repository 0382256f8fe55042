package org.jgml.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.BoundedDevice;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.DeviceMemory;
import org.jgml.core.backend.DeviceMemoryException;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.foreign.DeviceFiles;
import org.jgml.core.graph.Node;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;

/// One OpenCL device: its memory, its programs and one queue that does everything in order.
///
/// Nothing is opened on the device before it is first used.
final class OpenClDevice implements AsynchronousDevice, BoundedDevice {
  private static final long MOST_MAPPED_BYTES = 1 << 30;

  /// More than the models of one process need.
  private static final int MOST_PROGRAMS = 64;

  private final String name;
  private final DeviceProfile profile;
  private final cl_platform_id platform;
  private final cl_device_id id;
  private final AtomicLong allocatedBytes = new AtomicLong();
  private Tuning tuning;
  private CommandQueue queue;
  private Programs programs;

  /// A device whose tuning is measured, once, when it is first asked for.
  OpenClDevice(String name, DeviceProfile profile, cl_platform_id platform, cl_device_id id) {
    this(name, profile, platform, id, null);
  }

  private OpenClDevice(
      String name, DeviceProfile profile, cl_platform_id platform, cl_device_id id, Tuning tuning) {
    this.name = name;
    this.profile = profile;
    this.platform = platform;
    this.id = id;
    this.tuning = tuning;
  }

  /// The same device, used as if it were a GPU.
  OpenClDevice asGpu() {
    return tuned(Tuning.ofGpu(profile));
  }

  /// The same device, tuned so, with a queue of its own.
  OpenClDevice tuned(Tuning given) {
    return new OpenClDevice(name, profile, platform, id, given);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> facts() {
    return profile.facts();
  }

  @Override
  public Verdict supports(Node node) {
    return OpenClKernels.supports(node, profile);
  }

  /// How kernels are cut: as measured now, or before on such a device.
  synchronized Tuning tuning() {
    if (tuning == null) {
      tuning = tuning(new DeviceFiles("opencl", profile.identity()));
    }
    return tuning;
  }

  /// The tuning that is kept in these files; measured first if there is none.
  Tuning tuning(DeviceFiles files) {
    String key = TuningSearch.key();
    Optional<byte[]> kept = files.read(key);
    if (kept.isPresent()) {
      return Tuning.parse(new String(kept.get(), StandardCharsets.US_ASCII));
    }
    Tuning measured = new TuningSearch(this, profile).fastest(Tuning.of(profile));
    files.write(key, measured.text().getBytes(StandardCharsets.US_ASCII));
    return measured;
  }

  /// Whether products of many tokens use tiles in local memory.
  boolean isTiled() {
    return tuning().sharesRows()
        && profile.workGroupItems() >= 256
        && profile.localBytes() >= 16 << 10;
  }

  /// Whether kernels read host memory in place.
  private boolean isZeroCopy() {
    return profile.isCpu() && (tuning == null || !tuning.sharesRows());
  }

  long localBytes() {
    return profile.localBytes();
  }

  long computeUnits() {
    return profile.computeUnits();
  }

  /// The queue, opened when first asked for.
  synchronized CommandQueue queue() {
    if (queue == null) {
      queue = CommandQueue.open(name, platform, id);
    }
    return queue;
  }

  /// The programs, none of them built before it is asked for.
  synchronized Programs programs() {
    if (programs == null) {
      Optional<DeviceFiles> files =
          profile.keepsPrograms()
              ? Optional.empty()
              : Optional.of(new DeviceFiles("opencl", profile.identity()));
      programs = programs(files, MOST_PROGRAMS);
    }
    return programs;
  }

  /// Programs of their own, kept in these files.
  Programs programs(Optional<DeviceFiles> files, int most) {
    String options =
        "%s -DWIDTH=%d".formatted(profile.buildOptions(tuning().sharesRows()), tuning().width());
    return new Programs(name, queue().context(), id, options, files, most);
  }

  @Override
  public OpenClBuffer allocate(long bytes) {
    OpenClBuffer buffer = reserve(Math.max(bytes, 1));
    try {
      queue().clear(buffer.memory(), Math.max(bytes, 1));
      return buffer;
    } catch (RuntimeException e) {
      buffer.close();
      throw e;
    }
  }

  @Override
  public DeviceMemory memory() {
    long free = Math.max(0, profile.memoryBytes() - allocatedBytes.get());
    return new DeviceMemory(profile.memoryBytes(), free, profile.largestBufferBytes());
  }

  @Override
  public OpenClStream mainStream() {
    return new OpenClStream(queue());
  }

  @Override
  public OpenClStream openStream() {
    return new OpenClStream(queue().another(id));
  }

  @Override
  public OpenClEvent newEvent() {
    return new OpenClEvent(name, queue().context());
  }

  /// Mapped memory, which drivers copy from and to without help; what is too large to be mapped is
  /// common memory.
  @Override
  public HostMemory allocateHost(long bytes) {
    if (bytes == 0 || bytes > MOST_MAPPED_BYTES) {
      Arena arena = Arena.ofShared();
      return new HostMemory(arena.allocate(bytes, 64), arena::close);
    }
    int[] code = {0};
    long use = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
    cl_mem memory = CL.clCreateBuffer(queue().context(), use, bytes, null, code);
    OpenClException.check(name, "clCreateBuffer", code[0]);
    try {
      ByteBuffer mapped = queue().map(memory, bytes);
      MemorySegment segment = MemorySegment.ofBuffer(mapped).fill((byte) 0);
      return new HostMemory(segment, () -> release(memory, mapped));
    } catch (RuntimeException e) {
      CL.clReleaseMemObject(memory);
      throw e;
    }
  }

  private void release(cl_mem memory, ByteBuffer mapped) {
    queue().unmap(memory, mapped);
    CL.clReleaseMemObject(memory);
  }

  /// Memory whose contents are not defined.
  OpenClBuffer reserve(long bytes) {
    if (bytes > profile.largestBufferBytes()) {
      throw new DeviceMemoryException(name, bytes, profile.largestBufferBytes(), "largest buffer");
    }
    long free = profile.memoryBytes() - allocatedBytes.get();
    if (bytes > free) {
      throw new DeviceMemoryException(name, bytes, free, "free memory");
    }
    int[] code = {0};
    cl_mem memory = CL.clCreateBuffer(queue().context(), CL.CL_MEM_READ_WRITE, bytes, null, code);
    if (code[0] == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE || code[0] == CL.CL_OUT_OF_RESOURCES) {
      throw new DeviceMemoryException(name, bytes, free, "free memory");
    }
    OpenClException.check(name, "clCreateBuffer", code[0]);
    allocatedBytes.addAndGet(bytes);
    return new OpenClBuffer(queue(), memory, bytes, () -> allocatedBytes.addAndGet(-bytes));
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    if (isZeroCopy() && bytes.isNative() && bytes.byteSize() > 0) {
      return over(bytes);
    }
    OpenClBuffer buffer = reserve(Math.max(bytes.byteSize(), 1));
    try {
      buffer.upload(0, bytes);
      return buffer;
    } catch (RuntimeException e) {
      buffer.close();
      throw e;
    }
  }

  /// Host memory that kernels read where it is. The size goes beside the pointer, so that memory
  /// larger than a `ByteBuffer` can be shown.
  private OpenClBuffer over(MemorySegment bytes) {
    MemorySegment first = bytes.asSlice(0, Math.min(bytes.byteSize(), Integer.MAX_VALUE));
    int[] code = {0};
    cl_mem memory =
        CL.clCreateBuffer(
            queue().context(),
            CL.CL_MEM_READ_ONLY | CL.CL_MEM_USE_HOST_PTR,
            bytes.byteSize(),
            Pointer.to(first.asByteBuffer()),
            code);
    if (code[0] == CL.CL_INVALID_BUFFER_SIZE) {
      throw new DeviceMemoryException(
          name, bytes.byteSize(), profile.largestBufferBytes(), "largest buffer");
    }
    OpenClException.check(name, "clCreateBuffer", code[0]);
    return new OpenClBuffer(queue(), memory, bytes.byteSize(), () -> {});
  }

  @Override
  public OpenClExecutable compile(Segment segment) {
    return new SegmentCompiler(this).compile(segment);
  }

  @Override
  public void synchronise() {
    queue().finish();
  }

  @Override
  public synchronized void close() {
    if (queue != null) {
      queue.finishIfPossible();
      if (programs != null) {
        programs.close();
      }
      queue.close();
      queue = null;
      programs = null;
    }
  }
}
