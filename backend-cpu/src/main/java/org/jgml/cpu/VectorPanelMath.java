package org.jgml.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.jgml.cpu.RowMath.FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// Panel functions with the Vector API, on panels of one or two vectors.
final class VectorPanelMath implements PanelMath {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final int BYTES = FLOATS.vectorByteSize();

  @Override
  public int width(int queries) {
    return queries <= LANES ? LANES : 2 * LANES;
  }

  @Override
  public void multiply(
      Product product,
      MemorySegment w,
      long wAt,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int steps) {
    if (product.width() == LANES) {
      eightByOne(product, w, wAt, x, xAt, y, yAt, steps);
    } else {
      // Two tiles of 4 rows and 2 vectors: 8 sums and their operands fit in 16 registers.
      long secondHalf = wAt + 4 * product.rowBytes();
      fourByTwo(product, w, wAt, x, xAt, y, yAt, steps);
      fourByTwo(product, w, secondHalf, x, xAt, y, yAt + 8L * BYTES, steps);
    }
  }

  private static void eightByOne(
      Product product,
      MemorySegment w,
      long wAt,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int steps) {
    final long row = product.rowBytes();
    final long step = product.stepBytes();
    final long yRow = BYTES;
    FloatVector a = fromMemorySegment(FLOATS, y, yAt, LITTLE_ENDIAN);
    FloatVector b = fromMemorySegment(FLOATS, y, yAt + yRow, LITTLE_ENDIAN);
    FloatVector c = fromMemorySegment(FLOATS, y, yAt + 2 * yRow, LITTLE_ENDIAN);
    FloatVector d = fromMemorySegment(FLOATS, y, yAt + 3 * yRow, LITTLE_ENDIAN);
    FloatVector e = fromMemorySegment(FLOATS, y, yAt + 4 * yRow, LITTLE_ENDIAN);
    FloatVector f = fromMemorySegment(FLOATS, y, yAt + 5 * yRow, LITTLE_ENDIAN);
    FloatVector g = fromMemorySegment(FLOATS, y, yAt + 6 * yRow, LITTLE_ENDIAN);
    FloatVector h = fromMemorySegment(FLOATS, y, yAt + 7 * yRow, LITTLE_ENDIAN);
    for (int j = 0; j < steps; j++) {
      long wj = wAt + j * step;
      long xj = xAt + j * yRow;
      FloatVector x0 = fromMemorySegment(FLOATS, x, xj, LITTLE_ENDIAN);
      a = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj)), a);
      b = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + row)), b);
      c = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 2 * row)), c);
      d = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 3 * row)), d);
      e = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 4 * row)), e);
      f = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 5 * row)), f);
      g = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 6 * row)), g);
      h = x0.fma(FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 7 * row)), h);
    }
    a.intoMemorySegment(y, yAt, LITTLE_ENDIAN);
    b.intoMemorySegment(y, yAt + yRow, LITTLE_ENDIAN);
    c.intoMemorySegment(y, yAt + 2 * yRow, LITTLE_ENDIAN);
    d.intoMemorySegment(y, yAt + 3 * yRow, LITTLE_ENDIAN);
    e.intoMemorySegment(y, yAt + 4 * yRow, LITTLE_ENDIAN);
    f.intoMemorySegment(y, yAt + 5 * yRow, LITTLE_ENDIAN);
    g.intoMemorySegment(y, yAt + 6 * yRow, LITTLE_ENDIAN);
    h.intoMemorySegment(y, yAt + 7 * yRow, LITTLE_ENDIAN);
  }

  private static void fourByTwo(
      Product product,
      MemorySegment w,
      long wAt,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int steps) {
    final long row = product.rowBytes();
    final long step = product.stepBytes();
    final long yRow = 2L * BYTES;
    FloatVector a0 = fromMemorySegment(FLOATS, y, yAt, LITTLE_ENDIAN);
    FloatVector a1 = fromMemorySegment(FLOATS, y, yAt + BYTES, LITTLE_ENDIAN);
    FloatVector b0 = fromMemorySegment(FLOATS, y, yAt + yRow, LITTLE_ENDIAN);
    FloatVector b1 = fromMemorySegment(FLOATS, y, yAt + yRow + BYTES, LITTLE_ENDIAN);
    FloatVector c0 = fromMemorySegment(FLOATS, y, yAt + 2 * yRow, LITTLE_ENDIAN);
    FloatVector c1 = fromMemorySegment(FLOATS, y, yAt + 2 * yRow + BYTES, LITTLE_ENDIAN);
    FloatVector d0 = fromMemorySegment(FLOATS, y, yAt + 3 * yRow, LITTLE_ENDIAN);
    FloatVector d1 = fromMemorySegment(FLOATS, y, yAt + 3 * yRow + BYTES, LITTLE_ENDIAN);
    for (int j = 0; j < steps; j++) {
      long wj = wAt + j * step;
      long xj = xAt + j * yRow;
      FloatVector x0 = fromMemorySegment(FLOATS, x, xj, LITTLE_ENDIAN);
      FloatVector x1 = fromMemorySegment(FLOATS, x, xj + BYTES, LITTLE_ENDIAN);
      FloatVector wi = FloatVector.broadcast(FLOATS, w.get(FLOAT, wj));
      a0 = x0.fma(wi, a0);
      a1 = x1.fma(wi, a1);
      wi = FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + row));
      b0 = x0.fma(wi, b0);
      b1 = x1.fma(wi, b1);
      wi = FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 2 * row));
      c0 = x0.fma(wi, c0);
      c1 = x1.fma(wi, c1);
      wi = FloatVector.broadcast(FLOATS, w.get(FLOAT, wj + 3 * row));
      d0 = x0.fma(wi, d0);
      d1 = x1.fma(wi, d1);
    }
    a0.intoMemorySegment(y, yAt, LITTLE_ENDIAN);
    a1.intoMemorySegment(y, yAt + BYTES, LITTLE_ENDIAN);
    b0.intoMemorySegment(y, yAt + yRow, LITTLE_ENDIAN);
    b1.intoMemorySegment(y, yAt + yRow + BYTES, LITTLE_ENDIAN);
    c0.intoMemorySegment(y, yAt + 2 * yRow, LITTLE_ENDIAN);
    c1.intoMemorySegment(y, yAt + 2 * yRow + BYTES, LITTLE_ENDIAN);
    d0.intoMemorySegment(y, yAt + 3 * yRow, LITTLE_ENDIAN);
    d1.intoMemorySegment(y, yAt + 3 * yRow + BYTES, LITTLE_ENDIAN);
  }

  @Override
  public void hide(
      int width,
      MemorySegment panel,
      long panelAt,
      int firstRow,
      MemorySegment ranges,
      long rangesAt,
      int rows) {
    for (int column = 0; column < width; column += LANES) {
      long at = 4L * column;
      FloatVector first = fromMemorySegment(FLOATS, ranges, rangesAt + at, LITTLE_ENDIAN);
      FloatVector last =
          fromMemorySegment(FLOATS, ranges, rangesAt + 4L * width + at, LITTLE_ENDIAN);
      for (int row = 0; row < rows; row++) {
        long rowAt = panelAt + at + 4L * width * row;
        FloatVector number = FloatVector.broadcast(FLOATS, firstRow + row);
        VectorMask<Float> hidden = number.lt(first).or(last.lt(number));
        fromMemorySegment(FLOATS, panel, rowAt, LITTLE_ENDIAN)
            .blend(Float.NEGATIVE_INFINITY, hidden)
            .intoMemorySegment(panel, rowAt, LITTLE_ENDIAN);
      }
    }
  }

  @Override
  public void softmax(
      int width, MemorySegment logits, long logitsAt, MemorySegment state, long stateAt, int rows) {
    long rowBytes = 4L * width;
    for (int column = 0; column < width; column += LANES) {
      softmaxOfVector(rowBytes, logits, logitsAt + 4L * column, state, stateAt + 4L * column, rows);
    }
  }

  private static void softmaxOfVector(
      long rowBytes, MemorySegment x, long xAt, MemorySegment state, long stateAt, int rows) {
    FloatVector before = fromMemorySegment(FLOATS, state, stateAt, LITTLE_ENDIAN);
    FloatVector max = before;
    for (int row = 0; row < rows; row++) {
      max = max.max(fromMemorySegment(FLOATS, x, xAt + row * rowBytes, LITTLE_ENDIAN));
    }
    // Where nothing was seen yet, 0 keeps the differences from being NaN.
    FloatVector base = max.blend(0, max.eq(Float.NEGATIVE_INFINITY));
    FloatVector factor = Exponential.ofNegative(before.sub(base));
    FloatVector sum =
        fromMemorySegment(FLOATS, state, stateAt + rowBytes, LITTLE_ENDIAN).mul(factor);
    for (int row = 0; row < rows; row++) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + row * rowBytes, LITTLE_ENDIAN);
      FloatVector weight = Exponential.ofNegative(v.sub(base));
      sum = sum.add(weight);
      weight.intoMemorySegment(x, xAt + row * rowBytes, LITTLE_ENDIAN);
    }
    max.intoMemorySegment(state, stateAt, LITTLE_ENDIAN);
    sum.intoMemorySegment(state, stateAt + rowBytes, LITTLE_ENDIAN);
    factor.intoMemorySegment(state, stateAt + 2 * rowBytes, LITTLE_ENDIAN);
  }

  @Override
  public void scale(
      int width, MemorySegment panel, long panelAt, MemorySegment factors, long at, int rows) {
    for (int column = 0; column < width; column += LANES) {
      FloatVector factor = fromMemorySegment(FLOATS, factors, at + 4L * column, LITTLE_ENDIAN);
      for (int row = 0; row < rows; row++) {
        long rowAt = panelAt + 4L * column + 4L * width * row;
        fromMemorySegment(FLOATS, panel, rowAt, LITTLE_ENDIAN)
            .mul(factor)
            .intoMemorySegment(panel, rowAt, LITTLE_ENDIAN);
      }
    }
  }

  @Override
  public void addWeights(
      int width,
      MemorySegment logits,
      long logitsAt,
      MemorySegment state,
      long stateAt,
      MemorySegment sums,
      long sumsAt,
      int rows) {
    long rowBytes = 4L * width;
    for (int column = 0; column < width; column += LANES) {
      long at = 4L * column;
      FloatVector max = fromMemorySegment(FLOATS, state, stateAt + at, LITTLE_ENDIAN);
      FloatVector factor = fromMemorySegment(FLOATS, state, stateAt + rowBytes + at, LITTLE_ENDIAN);
      for (int row = 0; row < rows; row++) {
        long rowAt = at + row * rowBytes;
        FloatVector logit = fromMemorySegment(FLOATS, logits, logitsAt + rowAt, LITTLE_ENDIAN);
        Exponential.ofNegative(logit.sub(max))
            .fma(factor, fromMemorySegment(FLOATS, sums, sumsAt + rowAt, LITTLE_ENDIAN))
            .intoMemorySegment(sums, sumsAt + rowAt, LITTLE_ENDIAN);
      }
    }
  }

  @Override
  public void addColumns(
      int width,
      int step,
      int groups,
      int count,
      MemorySegment panel,
      long panelAt,
      MemorySegment y,
      long yAt,
      long yRowBytes,
      int rows) {
    for (int column = 0; column < count; column += LANES) {
      VectorMask<Float> mask = FLOATS.indexInRange(column, count);
      for (int row = 0; row < rows; row++) {
        long rowAt = yAt + row * yRowBytes + 4L * column;
        long from = panelAt + 4L * (row * width + column);
        FloatVector sum = fromMemorySegment(FLOATS, y, rowAt, LITTLE_ENDIAN, mask);
        for (int group = 0; group < groups; group++) {
          sum =
              sum.add(
                  fromMemorySegment(FLOATS, panel, from + 4L * group * step, LITTLE_ENDIAN, mask));
        }
        sum.intoMemorySegment(y, rowAt, LITTLE_ENDIAN, mask);
      }
    }
  }
}
