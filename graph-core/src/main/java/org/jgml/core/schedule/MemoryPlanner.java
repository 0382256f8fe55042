package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;

/// Gives each value of one device an offset in its arena, so that memory is used again when a value
/// is dead, and results take over their operand's memory where the op allows it.
final class MemoryPlanner {
  private static final long ALIGNMENT = 64;

  private final List<FreeBlock> free = new ArrayList<>();
  private final Map<Node, Long> offsets = new HashMap<>();
  private final Map<Node, Node> takenOver = new HashMap<>();
  private long end;

  private record FreeBlock(long offset, long bytes) {}

  private MemoryPlanner() {}

  /// Plans one arena.
  ///
  /// @param lifetimes ordered by first step
  /// @param layouts tells which operands are alone in their memory
  static MemoryPlan plan(List<Lifetime> lifetimes, Layouts layouts) {
    MemoryPlanner planner = new MemoryPlanner();
    Map<Node, Lifetime> byOwner = new HashMap<>();
    lifetimes.forEach(lifetime -> byOwner.put(lifetime.owner(), lifetime));
    List<Lifetime> alive = new ArrayList<>();
    for (Lifetime lifetime : lifetimes) {
      alive.removeIf(other -> other.last() < lifetime.first() && planner.release(other));
      if (!planner.takeOver(lifetime, byOwner, layouts)) {
        planner.offsets.put(lifetime.owner(), planner.take(aligned(lifetime.bytes())));
      }
      alive.add(lifetime);
    }
    return new MemoryPlan(planner.end, planner.offsets);
  }

  private static long aligned(long bytes) {
    return (Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /// Lets a result have the memory of an operand that nothing else reads.
  private boolean takeOver(Lifetime result, Map<Node, Lifetime> byOwner, Layouts layouts) {
    if (!result.isComputed() || !(result.owner().op() instanceof Op.Compute op)) {
      return false;
    }
    for (int index : op.reusableOperands()) {
      Node input = result.owner().input(index);
      Lifetime operand = byOwner.get(layouts.owner(input));
      boolean isDead = operand != null && operand.last() == result.first();
      if (isDead
          && operand.first() >= 0
          && operand.bytes() == result.bytes()
          && input.type().equals(result.owner().type())
          && layouts.layout(input).isDense()
          && isOnlyUse(result.owner(), index, layouts)) {
        offsets.put(result.owner(), offsets.get(operand.owner()));
        takenOver.put(operand.owner(), result.owner());
        return true;
      }
    }
    return false;
  }

  /// Whether no other operand of the node shows the same memory.
  private static boolean isOnlyUse(Node node, int index, Layouts layouts) {
    Node owner = layouts.owner(node.input(index));
    for (int i = 0; i < node.inputs().size(); i++) {
      if (i != index && layouts.owner(node.input(i)) == owner) {
        return false;
      }
    }
    return true;
  }

  /// The smallest free block that is large enough, else new memory at the end.
  private long take(long bytes) {
    FreeBlock best = null;
    for (FreeBlock block : free) {
      if (block.bytes() >= bytes && (best == null || block.bytes() < best.bytes())) {
        best = block;
      }
    }
    if (best == null) {
      long offset = end;
      end += bytes;
      return offset;
    }
    free.remove(best);
    if (best.bytes() > bytes) {
      free.add(new FreeBlock(best.offset() + bytes, best.bytes() - bytes));
    }
    return best.offset();
  }

  private boolean release(Lifetime dead) {
    if (takenOver.containsKey(dead.owner())) {
      return true;
    }
    long offset = offsets.get(dead.owner());
    long bytes = aligned(dead.bytes());
    for (FreeBlock block : List.copyOf(free)) {
      if (block.offset() + block.bytes() == offset) {
        free.remove(block);
        offset = block.offset();
        bytes += block.bytes();
      } else if (offset + bytes == block.offset()) {
        free.remove(block);
        bytes += block.bytes();
      }
    }
    free.add(new FreeBlock(offset, bytes));
    return true;
  }
}
