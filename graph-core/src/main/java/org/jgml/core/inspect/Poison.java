package org.jgml.core.inspect;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Constant;
import org.jgml.core.op.Input;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.ObservedRun;
import org.jgml.core.runtime.Observer;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.Lifetime;
import org.jgml.core.schedule.MemoryPlan;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// Makes memory that holds no value hold NaN: all of the arena before a run, and each intermediate
/// once nothing reads it any more. Then finds floating-point results that still hold the poison:
/// elements that a kernel did not write, or made from memory that it must not read.
///
/// The one observer that writes, and only where no value is. Results of quantised and integer types
/// are not searched, and a result that took over its operand's memory shows no gaps; retain every
/// node to see those too.
public final class Poison implements Observer {
  /// All bits set: a NaN of every floating type, which no processor makes by itself.
  private static final byte PATTERN = -1;

  private static final int CHUNK_BYTES = 1 << 20;

  private final List<Unwritten> findings = new ArrayList<>();
  private final Map<Device, Map<Integer, List<Range>>> freed = new HashMap<>();
  private ObservedRun run;

  private record Range(long offset, long bytes) {
    boolean overlaps(Range other) {
      return offset < other.offset + other.bytes && other.offset < offset + bytes;
    }
  }

  /// A result that holds poison.
  ///
  /// @param node the node's name
  /// @param title the node in words
  /// @param elements how many elements hold it
  /// @param first the row-major index of the first
  /// @param position the same as indices
  public record Unwritten(String node, String title, long elements, long first, String position) {
    /// The finding in one line.
    public String report() {
      return ("poison in the result: %s: %d elements, the first at %s, were not written or were"
              + " made from freed memory")
          .formatted(title, elements, position);
    }
  }

  /// What was found so far, in the order in which nodes ran.
  public List<Unwritten> findings() {
    return List.copyOf(findings);
  }

  @Override
  public void begin(ObservedRun beginning) {
    run = beginning;
    freed.clear();
    ExecutionPlan plan = run.plan();
    for (Device device : plan.devices()) {
      MemoryPlan memory = plan.memory(device);
      List<Range> given = new ArrayList<>();
      memory
          .offsets()
          .forEach((owner, offset) -> {
            if (owner.op() instanceof Input || owner.op() instanceof Constant) {
              given.add(new Range(offset, owner.type().bytes()));
            }
          });
      poisonAllBut(given, run.arenas().get(device), memory.arenaBytes());
      freed.put(device, frees(plan.lifetimes(device), memory));
    }
  }

  private static void poisonAllBut(List<Range> given, Buffer arena, long arenaBytes) {
    given.sort((a, b) -> Long.compare(a.offset(), b.offset()));
    long from = 0;
    for (Range range : given) {
      poison(arena, new Range(from, range.offset() - from));
      from = range.offset() + range.bytes();
    }
    poison(arena, new Range(from, arenaBytes - from));
  }

  private static void poison(Buffer arena, Range range) {
    byte[] pattern = new byte[Math.clamp(range.bytes(), 0, CHUNK_BYTES)];
    Arrays.fill(pattern, PATTERN);
    MemorySegment source = MemorySegment.ofArray(pattern);
    for (long done = 0; done < range.bytes(); done += CHUNK_BYTES) {
      long bytes = Math.min(CHUNK_BYTES, range.bytes() - done);
      arena.upload(range.offset() + done, source.asSlice(0, bytes));
    }
  }

  /// What dies after each step, but for memory that another value has by then.
  private static Map<Integer, List<Range>> frees(List<Lifetime> lifetimes, MemoryPlan memory) {
    Map<Integer, List<Range>> frees = new HashMap<>();
    for (Lifetime dead : lifetimes) {
      Range range = range(dead, memory);
      boolean isTakenOver =
          lifetimes.stream()
              .anyMatch(other ->
                  other != dead
                      && other.first() <= dead.last()
                      && other.last() > dead.last()
                      && range(other, memory).overlaps(range));
      if (!isTakenOver) {
        frees.computeIfAbsent(dead.last(), _ -> new ArrayList<>()).add(range);
      }
    }
    return frees;
  }

  private static Range range(Lifetime lifetime, MemoryPlan memory) {
    return new Range(memory.offset(lifetime.owner()).orElseThrow(), lifetime.bytes());
  }

  @Override
  public void after(ObservedNode node, long nanos) {
    search(node);
    freed.forEach((device, steps) ->
        steps
            .getOrDefault(node.index(), List.of())
            .forEach(range -> poison(run.arenas().get(device), range)));
  }

  private void search(ObservedNode node) {
    Tensor output = HostTensor.of(node.step().output()).tensor();
    DataType type = output.type().dataType();
    if (!type.isFloating() || node.step().op().overwritesFirstOperand()) {
      return;
    }
    long count = 0;
    long first = -1;
    Layout rows = output.layout().inDenseRows();
    for (long i = 0; i < rows.shape().elements(); i++) {
      long length = rows.shape().rowLength();
      long at = output.byteOffset(rows.rowOffset(i / length)) + i % length * type.blockBytes();
      if (isPoison(output.segment(), type, at)) {
        first = count == 0 ? i : first;
        count++;
      }
    }
    if (count > 0) {
      String position = NodeText.position(output.type().shape(), first);
      String name = node.step().node().name();
      findings.add(new Unwritten(name, NodeText.title(node), count, first, position));
    }
  }

  private static boolean isPoison(MemorySegment bytes, DataType type, long at) {
    return type == DataType.F32
        ? bytes.get(JAVA_INT_UNALIGNED, at) == PATTERN
        : bytes.get(JAVA_SHORT_UNALIGNED, at) == PATTERN;
  }
}
