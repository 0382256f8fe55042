package org.jgml.kvcache;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.jgml.kvcache.BlockSelection.GROUP_BLOCKS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import org.jgml.kvcache.tier.BlockPool;
import org.jgml.kvcache.tier.PoolCounters;

/// The lookups of one layer: what graphs call on the host to bring selected blocks to the device.
///
/// Blocks come in ascending order whatever their scores, so that results depend on nothing but
/// which ones they are. A lookup allocates nothing.
final class BlockLookup {
  private final int layer;
  private final IntSupplier sealed;
  private final int blockSize;
  private final int scorers;
  private final int blocks;
  private final int[] selected;
  private final MissedMassBound bound;
  private final int[] askedByScore;
  private final int[] askedByBound;
  private InfLlmListener listener = InfLlmListener.NONE;
  private BlockPool pool;
  private int count;

  /// @param sealed blocks that there are in all layers
  BlockLookup(int layer, LayerShape shape, InfLlmParameters parameters, IntSupplier sealed) {
    this.layer = layer;
    this.sealed = sealed;
    this.blockSize = parameters.blockSize();
    BlockSelection selection = parameters.selection();
    this.scorers = selection.scorer().parts().size();
    this.blocks = selection.blocks();
    this.selected = new int[Math.max(blocks, parameters.pooledBlocks())];
    this.bound = new MissedMassBound(blockSize, shape, selection.missed());
    this.askedByScore = new int[blocks];
    this.askedByBound = new int[parameters.pooledBlocks()];
  }

  boolean isOpen() {
    return pool != null;
  }

  /// Says where blocks go.
  void open(BlockPool to) {
    pool = to;
  }

  void listen(InfLlmListener other) {
    listener = other;
  }

  void clear() {
    count = 0;
    if (pool != null) {
      pool.clear();
    }
  }

  /// The blocks that are looked at, ascending.
  int[] selected() {
    return Arrays.copyOf(selected, count);
  }

  /// Looks at these blocks until others are selected.
  void select(int... blocks) {
    count = blocks.length;
    System.arraycopy(blocks, 0, selected, 0, count);
  }

  PoolCounters counters() {
    return pool == null ? PoolCounters.ZERO : pool.counters();
  }

  /// Begins to load blocks: what scorers found becomes the slots and the last key in them. Without
  /// operands the blocks of the lookup before are meant.
  void resolve(List<MemorySegment> operands, MemorySegment result) {
    if (!operands.isEmpty()) {
      select(operands);
    }
    begin(result);
  }

  /// The same with blocks until bounds are low enough: operands are those bounds, `[heads,
  /// blocks]`, and what is attended to without blocks, `[1, heads, valueSize + 2]`.
  void limit(List<MemorySegment> operands, MemorySegment result) {
    int there = sealed.getAsInt();
    count = bound.select(operands.get(0), operands.get(1), there, selected);
    Arrays.sort(selected, 0, count);
    begin(result);
  }

  private void begin(MemorySegment result) {
    int slots = (int) (result.byteSize() / Integer.BYTES) - 1;
    int[] asked = slots == blocks ? askedByScore : askedByBound;
    System.arraycopy(selected, 0, asked, 0, count);
    Arrays.fill(asked, count, slots, -1);
    int[] found = pool.begin(asked);
    for (int i = 0; i < slots; i++) {
      result.setAtIndex(JAVA_INT, i, found[i]);
    }
    result.setAtIndex(JAVA_INT, slots, count * blockSize - 1);
    listener.selected(layer, selected, count);
  }

  /// Takes the best blocks of each scorer, half of them from the first if there are two.
  private void select(List<MemorySegment> found) {
    int lists = found.size() / scorers;
    count = 0;
    for (int scorer = 0; scorer < scorers; scorer++) {
      int wanted = scorer == scorers - 1 ? blocks : Math.ceilDiv(blocks, scorers);
      MemorySegment groups = lists == 1 ? null : found.get(scorer * lists + 1);
      take(found.get(scorer * lists), groups, wanted);
    }
    Arrays.sort(selected, 0, count);
  }

  /// Adds blocks that are there and not yet taken, until there are so many.
  private void take(MemorySegment best, MemorySegment groups, int wanted) {
    int there = sealed.getAsInt();
    int length = (int) (best.byteSize() / Integer.BYTES);
    for (int i = 0; i < length && count < wanted; i++) {
      int block = best.getAtIndex(JAVA_INT, i);
      if (groups != null) {
        int group = groups.getAtIndex(JAVA_INT, block / GROUP_BLOCKS);
        block = group * GROUP_BLOCKS + block % GROUP_BLOCKS;
      }
      if (block < there && !isTaken(block)) {
        selected[count++] = block;
      }
    }
  }

  private boolean isTaken(int block) {
    for (int i = 0; i < count; i++) {
      if (selected[i] == block) {
        return true;
      }
    }
    return false;
  }

  /// Waits for the blocks; the operand becomes the result.
  void await(List<MemorySegment> operands, MemorySegment result) {
    pool.await();
    result.copyFrom(operands.getFirst());
  }

  /// Bounds the share of attention that each head misses: operands are bounds of products, `[heads,
  /// blocks]`, and all that was attended to, `[1, heads, valueSize + 2]`.
  void boundMissedMass(List<MemorySegment> operands, MemorySegment result) {
    int there = sealed.getAsInt();
    float[] shares = bound.shares(operands.get(0), operands.get(1), there, selected, count);
    MemorySegment.copy(shares, 0, result, JAVA_FLOAT, 0, shares.length);
    listener.missed(layer, shares);
  }
}
