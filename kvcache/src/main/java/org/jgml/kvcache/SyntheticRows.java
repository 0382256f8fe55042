package org.jgml.kvcache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;

/// Rows of random numbers in place of keys and values that a model would have made: with them a
/// cache is as deep as after a text that takes hours to read, for measurements.
///
/// Elements are drawn from a normal distribution. Each row is one of a table, so that filling costs
/// little more than copying. The same seed gives the same rows.
public final class SyntheticRows implements AutoCloseable {
  private static final int TABLE_ROWS = 4096;

  /// Rows that are uploaded together.
  private static final int STAGED_ROWS = 256;

  private final SplittableRandom random;
  private final Arena arena = Arena.ofConfined();
  private final Map<RowType, Table> tables = new HashMap<>();

  private record RowType(DataType elements, int length) {}

  /// @param rows to choose from
  /// @param staging what is uploaded next
  private record Table(long rowBytes, MemorySegment rows, MemorySegment staging) {}

  /// @param seed of all that is drawn
  public SyntheticRows(long seed) {
    random = new SplittableRandom(seed);
  }

  /// Writes rows of a state.
  ///
  /// @param first the first row to write
  /// @param count how many
  void fill(Tensor state, long first, long count) {
    int length = Math.toIntExact(state.type().shape().rowLength());
    Table table = tables.computeIfAbsent(new RowType(state.type().dataType(), length), this::table);
    long end = first + count;
    for (long row = first; row < end; row += STAGED_ROWS) {
      int rows = (int) Math.min(STAGED_ROWS, end - row);
      stage(table, rows);
      MemorySegment staged = table.staging().asSlice(0, rows * table.rowBytes());
      state.buffer().upload(row * table.rowBytes(), staged);
    }
  }

  private void stage(Table table, int rows) {
    long bytes = table.rowBytes();
    for (int i = 0; i < rows; i++) {
      long from = random.nextInt(TABLE_ROWS) * bytes;
      MemorySegment.copy(table.rows(), from, table.staging(), i * bytes, bytes);
    }
  }

  private Table table(RowType type) {
    long rowBytes = type.elements().bytes(type.length());
    MemorySegment rows = arena.allocate(TABLE_ROWS * rowBytes, Long.BYTES);
    Format format = Format.of(type.elements());
    float[] row = new float[type.length()];
    for (int i = 0; i < TABLE_ROWS; i++) {
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) random.nextGaussian();
      }
      format.quantise(row, 0, rows, i * rowBytes, row.length);
    }
    return new Table(rowBytes, rows, arena.allocate(STAGED_ROWS * rowBytes, Long.BYTES));
  }

  @Override
  public void close() {
    arena.close();
  }
}
