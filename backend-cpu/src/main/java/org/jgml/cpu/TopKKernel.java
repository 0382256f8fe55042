package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import org.jgml.core.backend.Step;

/// The indices of the largest elements of each row, the largest first.
///
/// Of a long row the maxima of chunks come first: as many chunks as elements are wanted hold all of
/// them, those of the largest maxima, and only these are looked at one by one.
final class TopKKernel implements Kernel {
  private static final int SHORTEST_CHUNK = 16;

  /// What the maximum of a chunk costs beside its elements, in elements looked at one by one.
  private static final double CHUNK_COST = 10;

  private static final int ELEMENT_NANOS = 2;
  private static final long MINUS_INFINITY = RowKey.descending(Float.NEGATIVE_INFINITY, 0);

  private final Rows x;
  private final Rows y;
  private final RowMath math;
  private final int chunk;
  private final Parts parts;
  private final Selection[] selectionOfWorker;

  /// What a worker keeps of a row.
  private record Selection(SmallestKeys elements, SmallestKeys chunks) {}

  TopKKernel(Step step, SegmentCompiler compiler) {
    this.x = Rows.of(step.input(0));
    this.y = Rows.of(step.output());
    this.math = compiler.rows();
    this.chunk = chunk(x.length(), y.length());
    this.parts = Parts.of(x.count(), (long) ELEMENT_NANOS * x.length(), compiler.workers());
    this.selectionOfWorker = new Selection[compiler.workers()];
  }

  /// The length at which maxima and elements of chunks cost least together; the whole row if that
  /// saves less than half of it.
  private static int chunk(int length, int count) {
    int best = Integer.highestOneBit((int) Math.sqrt(CHUNK_COST * length / count));
    int chunk = Math.max(SHORTEST_CHUNK, best);
    return 2L * chunk * count < length ? chunk : length;
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    if (selectionOfWorker[worker] == null) {
      selectionOfWorker[worker] =
          new Selection(new SmallestKeys(y.length()), new SmallestKeys(y.length()));
    }
    Selection selection = selectionOfWorker[worker];
    for (int row = parts.first(part); row < parts.end(part); row++) {
      select(x.at(row), selection);
      long[] keys = selection.elements().sorted();
      for (int i = 0; i < keys.length; i++) {
        y.segment().set(JAVA_INT_UNALIGNED, y.at(row) + 4L * i, RowKey.index(keys[i]));
      }
    }
  }

  private void select(long at, Selection selection) {
    selection.elements().clear();
    if (chunk == x.length()) {
      offer(at, 0, x.length(), selection.elements());
      return;
    }
    long[] chunks = bestChunks(at, selection.chunks());
    if (chunks[chunks.length - 1] >= MINUS_INFINITY) {
      // A maximum of minus infinity does not tell whether the chunk has that, or no number at all.
      offer(at, 0, x.length(), selection.elements());
      return;
    }
    for (long key : chunks) {
      int first = RowKey.index(key);
      offer(at, first, Math.min(first + chunk, x.length()), selection.elements());
    }
  }

  /// The chunks of the largest maxima, by their first elements.
  private long[] bestChunks(long at, SmallestKeys chunks) {
    chunks.clear();
    for (int first = 0; first < x.length(); first += chunk) {
      int length = Math.min(chunk, x.length() - first);
      float max = math.max(x.segment(), at + 4L * first, length);
      chunks.offer(RowKey.descending(max, first));
    }
    return chunks.sorted();
  }

  private void offer(long at, int first, int end, SmallestKeys elements) {
    long limit = elements.limit();
    for (int i = first; i < end; i++) {
      long key = RowKey.descending(ScalarRowMath.get(x.segment(), at, i), i);
      if (key < limit) {
        limit = elements.keep(key);
      }
    }
  }
}
