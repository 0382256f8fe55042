package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.StreamCall;
import org.jgml.core.backend.StreamCall.HostCopy;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostFunction;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.Split;

/// The calls of the host in one plan that streams of devices wait for.
///
/// What one call gives to another of the same device never goes there: a call whose operands all
/// come so need not wait for the stream, and a call that nothing on a device reads does not stop
/// it.
final class StreamedCalls {
  private final ExecutionPlan plan;
  private final Staging staging;
  private final Map<Node, MemorySegment> results = new HashMap<>();
  private final Map<Node, Device> devices = new HashMap<>();
  private final Map<Device, Node> last = new HashMap<>();
  private final Set<Node> readByDevices = new HashSet<>();

  StreamedCalls(ExecutionPlan plan, Staging staging) {
    this.plan = plan;
    this.staging = staging;
    plan.splits().forEach(this::addCall);
    plan.splits().forEach(this::addReads);
    plan.graph().outputs().forEach(node -> readByDevices.add(plan.owner(node)));
    plan.retained().forEach(node -> readByDevices.add(plan.owner(node)));
  }

  /// Whether streams of a device wait for calls.
  static boolean takes(Device device) {
    return device instanceof AsynchronousDevice able && able.callsHost();
  }

  boolean isEmpty() {
    return devices.isEmpty();
  }

  private void addCall(Split split) {
    if (split.hostCall().isPresent() && takes(split.device())) {
      Node call = split.nodes().getFirst();
      devices.put(call, split.device());
      last.put(split.device(), call);
    }
  }

  private void addReads(Split split) {
    for (Node node : split.nodes()) {
      for (Node input : node.inputs()) {
        boolean isPassed = devices.containsKey(node) && devices.get(node) == devices.get(input);
        if (!isPassed) {
          readByDevices.add(plan.owner(input));
        }
      }
    }
  }

  /// The call of a step as an executable.
  Executable executable(Step step, AsynchronousDevice device, HostFunction function) {
    List<HostCopy> brought = new ArrayList<>();
    List<MemorySegment> operands = new ArrayList<>();
    for (int i = 0; i < step.inputs().size(); i++) {
      Node operand = step.node().inputs().get(i);
      if (devices.get(operand) == device) {
        operands.add(results.get(operand));
      } else {
        HostCopy copy = copy(step, i, device);
        brought.add(copy);
        operands.add(copy.bytes());
      }
    }
    MemorySegment result = staging.allocate(device, step.output().type().bytes());
    results.put(step.node(), result);
    boolean isRead = readByDevices.contains(step.node());
    List<HostCopy> taken = isRead ? List.of(new HostCopy(step.output(), result)) : List.of();
    boolean waits = !brought.isEmpty() || operands.isEmpty();
    boolean stops = isRead || last.get(device) == step.node();
    return new StreamedHostStep(
        () -> function.run(operands, result),
        code -> device.call(new StreamCall(brought, code, taken, waits, stops)));
  }

  private HostCopy copy(Step step, int operand, Device device) {
    var tensor = step.input(operand);
    return new HostCopy(tensor, staging.allocate(device, tensor.type().bytes()));
  }
}
