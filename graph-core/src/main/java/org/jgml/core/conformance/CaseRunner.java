package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Input;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.TensorType;

/// Runs cases on devices that must agree to the bit, the first of which is compared with the exact
/// result. Thread-safe: devices run one case at a time, the rest is done beside.
final class CaseRunner {
  private static final byte OTHER_POISON = 0x7E;

  private final List<Device> devices;

  /// @param devices the device to test, then others of its kind, such as with more threads
  CaseRunner(List<Device> devices) {
    this.devices = List.copyOf(devices);
  }

  /// Runs a case. Whatever goes wrong is an outcome, not an exception.
  Outcome run(ConformanceCase given) {
    try {
      return outcome(given, given.node());
    } catch (RuntimeException | Error e) {
      return new Outcome.Failed("threw " + e);
    }
  }

  private Outcome outcome(ConformanceCase given, Node node) {
    Verdict verdict = devices.getFirst().supports(node);
    CaseMemory memory = new CaseMemory(given, node, canCopy(given));
    String problem;
    try {
      problem = problem(given, node, memory);
    } catch (RuntimeException | Error e) {
      problem = "threw " + e;
    }
    if (verdict.supported()) {
      return problem.isEmpty() ? new Outcome.Passed() : new Outcome.Failed(problem);
    }
    return problem.isEmpty()
        ? new Outcome.Failed(
            "supports says no (%s), but the result is right".formatted(verdict.reason()))
        : new Outcome.Unsupported(verdict.reason());
  }

  /// Whether the device makes operands dense itself; if not, a planner has another one do it.
  private boolean canCopy(ConformanceCase given) {
    return given.operands().stream()
        .filter(operand -> !CaseMemory.reads(given.op(), operand.layout().view(operand.type())))
        .allMatch(operand -> devices.getFirst().supports(copy(operand.type())).supported());
  }

  private static Node copy(TensorType type) {
    GraphBuilder g = new GraphBuilder();
    return g.apply(new Copy(), g.apply(new Input(type)));
  }

  /// What is wrong; empty if nothing is.
  private String problem(ConformanceCase given, Node node, CaseMemory memory) {
    byte[] before = memory.initial(CaseMemory.CANARY);
    byte[] other = memory.initial(OTHER_POISON);
    List<byte[]> runs = run(devices.getFirst(), memory, -1, before, other);
    byte[] after = runs.getFirst();
    String damage = memory.damage(before, after, -1);
    if (!damage.isEmpty()) {
      return damage;
    }
    String difference = difference(given, node, memory, after);
    if (!difference.isEmpty()) {
      return difference;
    }
    int unequal = unequal(memory, after, memory.result(runs.getLast()));
    if (unequal >= 0) {
      return memory.isPoison(after, unequal, CaseMemory.CANARY)
          ? "element %d of the result was not written".formatted(unequal)
          : "a second run gives other bits, first at element %d".formatted(unequal);
    }
    String inPlace = inPlaceProblem(given, memory, before, after);
    return inPlace.isEmpty() ? twinProblem(memory, before, after) : inPlace;
  }

  private String inPlaceProblem(
      ConformanceCase given, CaseMemory memory, byte[] before, byte[] after) {
    for (int operand : given.op().reusableOperands()) {
      if (operand < given.operands().size() && memory.isReusable(operand)) {
        byte[] reused = run(devices.getFirst(), memory, operand, before).getFirst();
        int unequal = unequal(memory, after, memory.operandTensor(operand, reused));
        if (unequal >= 0) {
          return "in place of operand %d the result differs, first at element %d"
              .formatted(operand, unequal);
        }
        String damage = memory.damage(before, reused, operand);
        if (!damage.isEmpty()) {
          return "in place of operand %d: %s".formatted(operand, damage);
        }
      }
    }
    return "";
  }

  private String twinProblem(CaseMemory memory, byte[] before, byte[] after) {
    for (Device twin : devices.subList(1, devices.size())) {
      byte[] bytes = run(twin, memory, -1, before).getFirst();
      int unequal = unequal(memory, after, memory.result(bytes));
      if (unequal >= 0) {
        return "with other threads (%s) the bits differ, first at element %d"
            .formatted(twin.facts().getOrDefault("threads", "?"), unequal);
      }
    }
    return "";
  }

  /// The first element in which two results differ by a bit, all NaN being one; -1 if there is
  /// none.
  private static int unequal(CaseMemory memory, byte[] after, Tensor other) {
    double[] first = Elements.read(memory.result(after));
    double[] second = Elements.read(other);
    for (int i = 0; i < first.length; i++) {
      if (Double.doubleToLongBits(first[i]) != Double.doubleToLongBits(second[i])) {
        return i;
      }
    }
    return -1;
  }

  /// Runs the steps once for each state of the memory, one after another.
  ///
  /// @return the memory after each run
  private static List<byte[]> run(Device device, CaseMemory memory, int inPlace, byte[]... states) {
    List<byte[]> results = new ArrayList<>();
    synchronized (device) {
      Buffer buffer = device.allocate(memory.bytes());
      try (buffer;
          Executable executable = device.compile(new Segment(memory.steps(buffer, inPlace)))) {
        for (byte[] state : states) {
          byte[] after = new byte[state.length];
          buffer.upload(0, MemorySegment.ofArray(state));
          executable.run();
          buffer.download(0, MemorySegment.ofArray(after));
          results.add(after);
        }
      }
      requireReleased(buffer);
    }
    return results;
  }

  private static void requireReleased(Buffer buffer) {
    try {
      buffer.download(0, MemorySegment.ofArray(new byte[1]));
    } catch (RuntimeException _) {
      return;
    }
    throw new IllegalStateException("a buffer that was closed still holds its memory");
  }

  private String difference(ConformanceCase given, Node node, CaseMemory memory, byte[] after) {
    Arguments arguments =
        new Arguments(
            given.op(),
            IntStream.range(0, given.operands().size())
                .mapToObj(i -> values(given, memory, i))
                .toList());
    return ResultCheck.of(devices.getFirst(), node, arguments, given.seed())
        .difference(memory.result(after));
  }

  private static Arguments.Values values(ConformanceCase given, CaseMemory memory, int operand) {
    return new Arguments.Values(
        given.operands().get(operand).type().shape(), memory.operand(operand));
  }
}
