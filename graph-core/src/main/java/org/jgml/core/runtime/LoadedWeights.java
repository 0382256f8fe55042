package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.GraphException;

/// Weights made ready for devices, each at most once a device: mapped bytes in place on the CPU,
/// copies elsewhere. Shared by the sessions of a model; thread-safe. Owns its buffers.
public final class LoadedWeights implements AutoCloseable {
  private final Weights source;
  private final Map<Device, Map<String, Buffer>> loaded = new HashMap<>();

  public LoadedWeights(Weights source) {
    this.source = source;
  }

  /// A weight of a graph, on a device.
  ///
  /// @throws GraphException if there is no such weight, or its bytes are not as many as its type
  ///   has
  synchronized Tensor tensor(Node weight, Device device) {
    Buffer buffer =
        loaded
            .computeIfAbsent(device, _ -> new HashMap<>())
            .computeIfAbsent(weight.name(), _ -> device.load(bytes(weight)));
    return Tensor.dense(weight.type(), buffer, 0);
  }

  private MemorySegment bytes(Node weight) {
    MemorySegment bytes =
        source
            .bytes(weight.name())
            .orElseThrow(() -> refuse(weight, "is not among the weights", "check its name"));
    if (bytes.byteSize() != weight.type().bytes()) {
      throw refuse(
          weight,
          "has %d bytes, %s needs %d"
              .formatted(bytes.byteSize(), weight.type(), weight.type().bytes()),
          "declare it with the type and shape of the file");
    }
    return bytes;
  }

  private static GraphException refuse(Node weight, String problem, String fix) {
    return new GraphException(
        "weight '%s': %s. Operands: none. Fix: %s.%s"
            .formatted(weight.name(), problem, fix, weight.whereBuilt()));
  }

  @Override
  public synchronized void close() {
    loaded.values().forEach(buffers -> buffers.values().forEach(Buffer::close));
    loaded.clear();
  }
}
