package org.jgml.kvcache;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jgml.kvcache.tier.BlockPool;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.PoolCounters;

/// The lookups of one layer: what graphs call on the host to bring selected blocks to the device.
///
/// Blocks come in ascending order whatever their scores, so that results depend on nothing but
/// which ones they are.
final class BlockLookup {
  private final int layer;
  private final int blockSize;
  private final int[] selected;
  private InfLlmListener listener = InfLlmListener.NONE;
  private BlockStore store;
  private BlockPool pool;

  BlockLookup(int layer, InfLlmParameters parameters) {
    this.layer = layer;
    this.blockSize = parameters.blockSize();
    this.selected = new int[parameters.selectedBlocks()];
  }

  boolean isOpen() {
    return pool != null;
  }

  /// Says where blocks come from and go to.
  void open(BlockStore from, BlockPool to) {
    store = from;
    pool = to;
  }

  void listen(InfLlmListener other) {
    listener = other;
  }

  void clear() {
    if (pool != null) {
      pool.clear();
    }
  }

  PoolCounters counters() {
    return pool == null ? PoolCounters.ZERO : pool.counters();
  }

  /// Begins to load blocks: their numbers, `[1, n]`, become their slots and the last key in them.
  void resolve(List<MemorySegment> operands, MemorySegment result) {
    int count = read(operands.getFirst());
    int[] slots = pool.begin(selected);
    for (int i = 0; i < selected.length; i++) {
      result.setAtIndex(JAVA_INT, i, slots[i]);
    }
    result.setAtIndex(JAVA_INT, selected.length, count * blockSize - 1);
    listener.selected(layer, selected, count);
  }

  /// Reads the numbers of blocks, in ascending order, those that there are not as -1 behind them.
  private int read(MemorySegment blocks) {
    int there = store.count(layer);
    int count = 0;
    for (int i = 0; i < selected.length; i++) {
      int block = blocks.getAtIndex(JAVA_INT, i);
      if (block < there) {
        selected[count++] = block;
      }
    }
    Arrays.fill(selected, count, selected.length, -1);
    Arrays.sort(selected, 0, count);
    return count;
  }

  /// Waits for the blocks; the operand becomes the result.
  void await(List<MemorySegment> operands, MemorySegment result) {
    pool.await();
    result.copyFrom(operands.getFirst());
  }
}
