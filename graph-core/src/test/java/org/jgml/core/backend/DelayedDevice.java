package org.jgml.core.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jgml.core.graph.Node;
import org.jgml.core.reference.ReferenceDevice;

/// An asynchronous device: the reference's kernels on threads of its own, each command after a
/// random delay, in memory that nobody else sees. It has as much memory as the test says, fails on
/// command, and knows what was not closed.
public final class DelayedDevice implements AsynchronousDevice, BoundedDevice {
  private final ReferenceDevice kernels;
  private final long memoryBytes;
  private final Predicate<Node> supported;
  private final Set<Object> open =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final AtomicLong seeds;
  private final AtomicLong allocatedBytes = new AtomicLong();
  private final AtomicLong waits = new AtomicLong();
  private final AtomicLong peerBytes = new AtomicLong();
  private final AtomicLong hostBytes = new AtomicLong();
  private final Set<Device> peers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger commandsToFailure = new AtomicInteger(-1);
  private volatile boolean callsHost = true;
  private volatile DeviceException failure;
  private final DelayedStream main;
  private final DelayedStream caller;

  /// A device with much memory that supports everything.
  public DelayedDevice(String name, long seed) {
    this(name, seed, Long.MAX_VALUE, _ -> true);
  }

  /// @param seed of the delays
  /// @param supported what it has kernels for
  public DelayedDevice(String name, long seed, long memoryBytes, Predicate<Node> supported) {
    this.kernels = new ReferenceDevice(name);
    this.seeds = new AtomicLong(seed);
    this.memoryBytes = memoryBytes;
    this.supported = supported;
    this.main = new DelayedStream(this, seeds.getAndIncrement());
    this.caller = new DelayedStream(this, seeds.getAndIncrement());
  }

  /// Makes the command after this many more fail, and all that follow, until [#recover].
  public void failAfter(int commands) {
    commandsToFailure.set(commands);
  }

  /// Works again.
  public void recover() {
    main.finish();
    commandsToFailure.set(-1);
    failure = null;
  }

  /// Buffers, streams, events, executables and host memory that nobody has closed.
  public int openObjects() {
    return open.size();
  }

  /// Times the host waited.
  public long waits() {
    return waits.get();
  }

  /// Lets two devices read each other's memory.
  public static void connect(DelayedDevice one, DelayedDevice other) {
    one.peers.add(other);
    other.peers.add(one);
  }

  /// Bytes that came straight from other devices.
  public long peerBytes() {
    return peerBytes.get();
  }

  /// Bytes of host memory that were asked for.
  public long hostBytes() {
    return hostBytes.get();
  }

  void countPeerBytes(long bytes) {
    peerBytes.addAndGet(bytes);
  }

  void countWait() {
    waits.incrementAndGet();
  }

  void attempt(Runnable command) {
    if (failure != null) {
      return;
    }
    if (commandsToFailure.get() >= 0 && commandsToFailure.getAndDecrement() == 0) {
      failure = new DeviceException(name() + ": lost on command. Fix: use another device.");
      return;
    }
    try {
      command.run();
    } catch (RuntimeException e) {
      failure = new DeviceException(name() + ": a command failed: " + e.getMessage(), e);
    }
  }

  void throwFailure() {
    if (failure != null) {
      throw new DeviceException(failure.getMessage(), failure);
    }
  }

  private <T> T opened(T object) {
    open.add(object);
    return object;
  }

  boolean released(Object object) {
    return open.remove(object);
  }

  boolean freed(DelayedBuffer buffer) {
    boolean wasOpen = released(buffer);
    if (wasOpen) {
      allocatedBytes.addAndGet(-buffer.bytes());
    }
    return wasOpen;
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public Map<String, String> facts() {
    return Map.of("arithmetic", "the reference's, some time later");
  }

  @Override
  public Verdict supports(Node node) {
    return supported.test(node) ? kernels.supports(node) : Verdict.no("no kernel");
  }

  @Override
  public DeviceMemory memory() {
    return new DeviceMemory(memoryBytes, memoryBytes - allocatedBytes.get(), memoryBytes);
  }

  @Override
  public Buffer allocate(long bytes) {
    if (bytes > memoryBytes - allocatedBytes.get()) {
      throw new DeviceMemoryException(
          name(), bytes, memoryBytes - allocatedBytes.get(), "free memory");
    }
    HostBuffer memory = HostBuffer.allocate(name(), bytes);
    allocatedBytes.addAndGet(memory.bytes());
    return opened(new DelayedBuffer(this, memory));
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    Buffer buffer = allocate(bytes.byteSize());
    buffer.upload(0, bytes);
    return buffer;
  }

  @Override
  public Executable compile(Segment segment) {
    List<Step> steps = segment.steps().stream().map(DelayedDevice::inHostMemory).toList();
    return opened(new DelayedExecutable(this, kernels.compile(new Segment(steps))));
  }

  private static Step inHostMemory(Step step) {
    return new Step(
        step.node(),
        step.inputs().stream().map(DelayedDevice::inHostMemory).toList(),
        inHostMemory(step.output()));
  }

  private static Tensor inHostMemory(Tensor tensor) {
    HostBuffer memory = ((DelayedBuffer) tensor.buffer()).memory();
    return new Tensor(tensor.type(), tensor.layout(), memory, tensor.start());
  }

  /// @param kernels what runs some time after [#run]
  private record DelayedExecutable(DelayedDevice device, Executable kernels) implements Executable {
    @Override
    public void run() {
      device.main.enqueue(kernels::run);
    }

    @Override
    public void close() {
      device.released(this);
    }
  }

  @Override
  public DeviceStream mainStream() {
    return main;
  }

  /// Waits until the main stream is done.
  void finish() {
    main.finish();
  }

  @Override
  public DeviceStream openStream() {
    return opened(new DelayedStream(this, seeds.getAndIncrement()));
  }

  @Override
  public DeviceEvent newEvent() {
    return opened(new DelayedEvent(this));
  }

  @Override
  public boolean reaches(Device other) {
    return peers.contains(other);
  }

  @Override
  public boolean callsHost() {
    return callsHost;
  }

  /// Code runs on a thread of its own, after that of the calls before; the stream waits for it only
  /// where it must.
  @Override
  public Executable call(StreamCall call) {
    if (!callsHost) {
      return AsynchronousDevice.super.call(call);
    }
    return opened(
        new Executable() {
          @Override
          public void run() {
            main.call(call, caller);
          }

          @Override
          public void close() {
            released(this);
          }
        });
  }

  /// Whether streams call the host, or wait; they call it unless this says otherwise.
  public void callHost(boolean whether) {
    callsHost = whether;
  }

  @Override
  public HostMemory allocateHost(long bytes) {
    hostBytes.addAndGet(bytes);
    Arena arena = Arena.ofShared();
    Object token = opened(new Object());
    return new HostMemory(
        arena.allocate(bytes, 64),
        () -> {
          released(token);
          arena.close();
        });
  }

  @Override
  public void synchronise() {
    countWait();
    main.finish();
    throwFailure();
  }

  @Override
  public void close() {
    main.close();
    caller.close();
  }
}
