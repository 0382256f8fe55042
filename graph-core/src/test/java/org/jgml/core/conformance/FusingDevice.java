package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.reference.ReferenceDevice;

/// The reference, but that it fuses all that can be fused: values in between are kept elsewhere,
/// and where they would lie is made unreadable.
final class FusingDevice implements ForwardingDevice {
  private static final byte POISON = 0x7F;

  /// The kinds of fusion that devices made so far.
  static final Set<Class<? extends Fusion>> SEEN = ConcurrentHashMap.newKeySet();

  private final ReferenceDevice device = new ReferenceDevice("fusing");

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Executable compile(Segment segment) {
    List<Fusion> fusions = segment.fusions(_ -> true);
    return new Executable() {
      @Override
      public void run() {
        fusions.forEach(FusingDevice.this::run);
      }

      @Override
      public void close() {}
    };
  }

  private void run(Fusion fusion) {
    SEEN.add(fusion.getClass());
    Map<Tensor, Tensor> moved = new LinkedHashMap<>();
    for (Step step : fusion.steps()) {
      boolean isLast = step == fusion.last();
      Tensor output = isLast ? step.output() : elsewhere(step.output());
      FaultyKernels.run(device, new Step(step.node(), inputs(step, moved), output));
      if (!isLast) {
        moved.remove(step.output());
        moved.put(step.output(), output);
        poison(step.output());
      }
    }
  }

  private static Tensor elsewhere(Tensor output) {
    HostBuffer buffer = HostBuffer.allocate("elsewhere", output.type().bytes());
    return Tensor.dense(output.type(), buffer, 0);
  }

  private static void poison(Tensor tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.type().bytes())];
    Arrays.fill(bytes, POISON);
    tensor.buffer().upload(tensor.firstByte(), MemorySegment.ofArray(bytes));
  }

  /// What a step reads, where it was moved last; a view of it, too.
  private static List<Tensor> inputs(Step step, Map<Tensor, Tensor> moved) {
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor input : step.inputs()) {
      Tensor at = input;
      for (Map.Entry<Tensor, Tensor> each : moved.entrySet()) {
        if (input.overlaps(each.getKey())) {
          at = each.getValue().view(input.type(), input.layout());
        }
      }
      inputs.add(at);
    }
    return inputs;
  }
}
