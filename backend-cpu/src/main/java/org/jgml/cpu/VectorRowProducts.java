package org.jgml.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.jgml.cpu.RowMath.FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Products of rows with the Vector API.
final class VectorRowProducts implements RowProducts {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final long BYTES = FLOATS.vectorByteSize();

  /// Rows that are multiplied at once.
  private static final int ROWS = 8;

  /// Vectors of a sum that are kept in registers.
  private static final int VECTORS = 4;

  private static final Stage BY_1 = Stage.of(1);
  private static final Stage BY_2 = Stage.of(2);
  private static final Stage BY_4 = Stage.of(4);
  private static final VectorShuffle<Float> BY_8 =
      VectorShuffle.fromOp(FLOATS, i -> (i ^ 8) % LANES);

  /// A step of adding up lanes: pairs of lanes `distance` apart.
  ///
  /// @param upper the lane of each pair that has the higher number
  /// @param swapped exchanges the lanes of each pair
  private record Stage(VectorMask<Float> upper, VectorShuffle<Float> swapped) {
    static Stage of(int distance) {
      boolean[] upper = new boolean[LANES];
      for (int lane = 0; lane < LANES; lane++) {
        upper[lane] = (lane & distance) != 0;
      }
      return new Stage(
          VectorMask.fromArray(FLOATS, upper, 0),
          VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % LANES));
    }
  }

  @Override
  public int few() {
    return LANES / 2;
  }

  @Override
  public int padded(int elements) {
    return Math.ceilDiv(elements, VECTORS * LANES) * VECTORS * LANES;
  }

  @Override
  public void multiply(MemorySegment scratch, long x, long block, int rows, int elements, long y) {
    for (int row = 0; row < rows; row += ROWS) {
      multiply(scratch, x, block + row * ROW_BYTES, elements, y + 4L * row);
    }
  }

  private static void multiply(MemorySegment scratch, long x, long block, int elements, long y) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    FloatVector c = FloatVector.zero(FLOATS);
    FloatVector d = FloatVector.zero(FLOATS);
    FloatVector e = FloatVector.zero(FLOATS);
    FloatVector f = FloatVector.zero(FLOATS);
    FloatVector g = FloatVector.zero(FLOATS);
    FloatVector h = FloatVector.zero(FLOATS);
    for (int i = 0; i < elements; i += LANES) {
      long at = block + 4L * i;
      FloatVector xi = fromMemorySegment(FLOATS, scratch, x + 4L * i, LITTLE_ENDIAN);
      a = fromMemorySegment(FLOATS, scratch, at, LITTLE_ENDIAN).fma(xi, a);
      b = fromMemorySegment(FLOATS, scratch, at + ROW_BYTES, LITTLE_ENDIAN).fma(xi, b);
      c = fromMemorySegment(FLOATS, scratch, at + 2 * ROW_BYTES, LITTLE_ENDIAN).fma(xi, c);
      d = fromMemorySegment(FLOATS, scratch, at + 3 * ROW_BYTES, LITTLE_ENDIAN).fma(xi, d);
      e = fromMemorySegment(FLOATS, scratch, at + 4 * ROW_BYTES, LITTLE_ENDIAN).fma(xi, e);
      f = fromMemorySegment(FLOATS, scratch, at + 5 * ROW_BYTES, LITTLE_ENDIAN).fma(xi, f);
      g = fromMemorySegment(FLOATS, scratch, at + 6 * ROW_BYTES, LITTLE_ENDIAN).fma(xi, g);
      h = fromMemorySegment(FLOATS, scratch, at + 7 * ROW_BYTES, LITTLE_ENDIAN).fma(xi, h);
    }
    FloatVector first = halved(halved(a, b, BY_1), halved(c, d, BY_1), BY_2);
    FloatVector second = halved(halved(e, f, BY_1), halved(g, h, BY_1), BY_2);
    if (LANES == VECTORS) {
      first.intoMemorySegment(scratch, y, LITTLE_ENDIAN);
      second.intoMemorySegment(scratch, y + BYTES, LITTLE_ENDIAN);
    } else {
      FloatVector sums = halved(first, second, BY_4);
      FloatVector all = LANES == ROWS ? sums : sums.add(sums.rearrange(BY_8));
      all.intoMemorySegment(scratch, y, LITTLE_ENDIAN);
    }
  }

  /// The sums of pairs of lanes: those of `a` in the lower lane of a pair, those of `b` in the
  /// upper. `reduceLanes` would promise no order of additions.
  private static FloatVector halved(FloatVector a, FloatVector b, Stage stage) {
    FloatVector straight = a.blend(b, stage.upper());
    return straight.add(b.blend(a, stage.upper()).rearrange(stage.swapped()));
  }

  @Override
  public void addWeighted(
      MemorySegment scratch, long w, long block, int rows, int elements, long y) {
    for (int i = 0; i < elements; i += VECTORS * LANES) {
      addVectors(scratch, w, block + 4L * i, rows, y + 4L * i);
    }
  }

  private static void addVectors(MemorySegment scratch, long w, long block, int rows, long y) {
    long z = y + ROW_BYTES;
    FloatVector y0 = fromMemorySegment(FLOATS, scratch, y, LITTLE_ENDIAN);
    FloatVector y1 = fromMemorySegment(FLOATS, scratch, y + BYTES, LITTLE_ENDIAN);
    FloatVector y2 = fromMemorySegment(FLOATS, scratch, y + 2 * BYTES, LITTLE_ENDIAN);
    FloatVector y3 = fromMemorySegment(FLOATS, scratch, y + 3 * BYTES, LITTLE_ENDIAN);
    FloatVector z0 = fromMemorySegment(FLOATS, scratch, z, LITTLE_ENDIAN);
    FloatVector z1 = fromMemorySegment(FLOATS, scratch, z + BYTES, LITTLE_ENDIAN);
    FloatVector z2 = fromMemorySegment(FLOATS, scratch, z + 2 * BYTES, LITTLE_ENDIAN);
    FloatVector z3 = fromMemorySegment(FLOATS, scratch, z + 3 * BYTES, LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      long at = block + row * ROW_BYTES;
      long weightAt = w + 4L * row;
      float yWeight = scratch.get(FLOAT, weightAt);
      float zWeight = scratch.get(FLOAT, weightAt + PRODUCTS_BYTES);
      FloatVector yw = FloatVector.broadcast(FLOATS, yWeight);
      FloatVector zw = FloatVector.broadcast(FLOATS, zWeight);
      FloatVector x0 = fromMemorySegment(FLOATS, scratch, at, LITTLE_ENDIAN);
      FloatVector x1 = fromMemorySegment(FLOATS, scratch, at + BYTES, LITTLE_ENDIAN);
      FloatVector x2 = fromMemorySegment(FLOATS, scratch, at + 2 * BYTES, LITTLE_ENDIAN);
      FloatVector x3 = fromMemorySegment(FLOATS, scratch, at + 3 * BYTES, LITTLE_ENDIAN);
      y0 = x0.fma(yw, y0);
      y1 = x1.fma(yw, y1);
      y2 = x2.fma(yw, y2);
      y3 = x3.fma(yw, y3);
      z0 = x0.fma(zw, z0);
      z1 = x1.fma(zw, z1);
      z2 = x2.fma(zw, z2);
      z3 = x3.fma(zw, z3);
    }
    y0.intoMemorySegment(scratch, y, LITTLE_ENDIAN);
    y1.intoMemorySegment(scratch, y + BYTES, LITTLE_ENDIAN);
    y2.intoMemorySegment(scratch, y + 2 * BYTES, LITTLE_ENDIAN);
    y3.intoMemorySegment(scratch, y + 3 * BYTES, LITTLE_ENDIAN);
    z0.intoMemorySegment(scratch, z, LITTLE_ENDIAN);
    z1.intoMemorySegment(scratch, z + BYTES, LITTLE_ENDIAN);
    z2.intoMemorySegment(scratch, z + 2 * BYTES, LITTLE_ENDIAN);
    z3.intoMemorySegment(scratch, z + 3 * BYTES, LITTLE_ENDIAN);
  }
}
