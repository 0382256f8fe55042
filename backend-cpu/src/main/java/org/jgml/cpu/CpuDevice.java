package org.jgml.cpu;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;

/// The processors of this machine and its memory.
final class CpuDevice implements Device {
  private final String name;
  private final Arithmetic arithmetic;
  private final WorkerPool pool;
  private final SystemBlas blas;

  CpuDevice(String name, int threads, Arithmetic arithmetic) {
    this.name = name;
    this.arithmetic = arithmetic;
    this.pool = new WorkerPool(name, threads);
    this.blas = new SystemBlas(arithmetic, pool);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("arithmetic", arithmetic.name());
    facts.put("threads", Integer.toString(pool.count()));
    facts.put("blas", blas.fact());
    memoryBytes().ifPresent(bytes -> facts.put("memory", "%,d MiB".formatted(bytes >> 20)));
    return facts;
  }

  private static OptionalLong memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? OptionalLong.of(system.getTotalMemorySize())
        : OptionalLong.empty();
  }

  @Override
  public Verdict supports(Node node) {
    return CpuKernels.supports(node);
  }

  @Override
  public Buffer allocate(long bytes) {
    return HostBuffer.allocate(name, bytes);
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    return HostBuffer.over(bytes);
  }

  @Override
  public Executable compile(Segment segment) {
    return new SegmentCompiler(arithmetic, pool, blas).compile(segment);
  }

  @Override
  public void close() {
    pool.close();
  }
}
