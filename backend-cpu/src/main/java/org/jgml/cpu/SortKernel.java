package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.util.Arrays;
import org.jgml.core.backend.Step;

/// The indices that sort each row.
final class SortKernel implements Kernel {
  private static final int SORT_NANOS = 20;

  private final Rows x;
  private final Rows y;
  private final boolean isDescending;
  private final Parts parts;
  private final long[][] keysOfWorker;

  SortKernel(Step step, boolean isDescending, SegmentCompiler compiler) {
    this.x = Rows.of(step.input(0));
    this.y = Rows.of(step.output());
    this.isDescending = isDescending;
    this.parts = Parts.of(x.count(), (long) SORT_NANOS * x.length(), compiler.workers());
    this.keysOfWorker = new long[compiler.workers()][];
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    if (keysOfWorker[worker] == null) {
      keysOfWorker[worker] = new long[x.length()];
    }
    long[] keys = keysOfWorker[worker];
    for (int row = parts.first(part); row < parts.end(part); row++) {
      for (int i = 0; i < keys.length; i++) {
        keys[i] = key(x.at(row), i);
      }
      Arrays.sort(keys);
      for (int i = 0; i < keys.length; i++) {
        y.segment().set(JAVA_INT_UNALIGNED, y.at(row) + 4L * i, RowKey.index(keys[i]));
      }
    }
  }

  private long key(long at, int i) {
    float value = ScalarRowMath.get(x.segment(), at, i);
    return isDescending ? RowKey.descending(value, i) : RowKey.ascending(value, i);
  }
}
