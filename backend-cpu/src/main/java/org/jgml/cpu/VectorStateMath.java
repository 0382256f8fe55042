package org.jgml.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.jgml.cpu.RowMath.FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Functions of states with the Vector API: a block is as wide as sums fit into registers.
final class VectorStateMath implements StateMath {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final long BYTES = FLOATS.vectorByteSize();
  private static final int VECTORS = 4;
  private static final long ROW_BYTES = VECTORS * BYTES;

  @Override
  public int columns() {
    return VECTORS * FLOATS.length();
  }

  @Override
  public void decay(
      MemorySegment scratch, long block, int rows, long factors, long weights, long y) {
    FloatVector y0 = FloatVector.zero(FLOATS);
    FloatVector y1 = FloatVector.zero(FLOATS);
    FloatVector y2 = FloatVector.zero(FLOATS);
    FloatVector y3 = FloatVector.zero(FLOATS);
    for (int row = 0; row < rows; row++) {
      long at = block + row * ROW_BYTES;
      FloatVector f = FloatVector.broadcast(FLOATS, scratch.get(FLOAT, factors + 4L * row));
      FloatVector w = FloatVector.broadcast(FLOATS, scratch.get(FLOAT, weights + 4L * row));
      FloatVector s0 = fromMemorySegment(FLOATS, scratch, at, LITTLE_ENDIAN).mul(f);
      FloatVector s1 = fromMemorySegment(FLOATS, scratch, at + BYTES, LITTLE_ENDIAN).mul(f);
      FloatVector s2 = fromMemorySegment(FLOATS, scratch, at + 2 * BYTES, LITTLE_ENDIAN).mul(f);
      FloatVector s3 = fromMemorySegment(FLOATS, scratch, at + 3 * BYTES, LITTLE_ENDIAN).mul(f);
      s0.intoMemorySegment(scratch, at, LITTLE_ENDIAN);
      s1.intoMemorySegment(scratch, at + BYTES, LITTLE_ENDIAN);
      s2.intoMemorySegment(scratch, at + 2 * BYTES, LITTLE_ENDIAN);
      s3.intoMemorySegment(scratch, at + 3 * BYTES, LITTLE_ENDIAN);
      y0 = s0.fma(w, y0);
      y1 = s1.fma(w, y1);
      y2 = s2.fma(w, y2);
      y3 = s3.fma(w, y3);
    }
    y0.intoMemorySegment(scratch, y, LITTLE_ENDIAN);
    y1.intoMemorySegment(scratch, y + BYTES, LITTLE_ENDIAN);
    y2.intoMemorySegment(scratch, y + 2 * BYTES, LITTLE_ENDIAN);
    y3.intoMemorySegment(scratch, y + 3 * BYTES, LITTLE_ENDIAN);
  }

  @Override
  public void add(
      MemorySegment scratch, long block, int rows, long factors, long x, long weights, long y) {
    FloatVector x0 = fromMemorySegment(FLOATS, scratch, x, LITTLE_ENDIAN);
    FloatVector x1 = fromMemorySegment(FLOATS, scratch, x + BYTES, LITTLE_ENDIAN);
    FloatVector x2 = fromMemorySegment(FLOATS, scratch, x + 2 * BYTES, LITTLE_ENDIAN);
    FloatVector x3 = fromMemorySegment(FLOATS, scratch, x + 3 * BYTES, LITTLE_ENDIAN);
    FloatVector y0 = FloatVector.zero(FLOATS);
    FloatVector y1 = FloatVector.zero(FLOATS);
    FloatVector y2 = FloatVector.zero(FLOATS);
    FloatVector y3 = FloatVector.zero(FLOATS);
    for (int row = 0; row < rows; row++) {
      long at = block + row * ROW_BYTES;
      FloatVector f = FloatVector.broadcast(FLOATS, scratch.get(FLOAT, factors + 4L * row));
      FloatVector w = FloatVector.broadcast(FLOATS, scratch.get(FLOAT, weights + 4L * row));
      FloatVector s0 = x0.fma(f, fromMemorySegment(FLOATS, scratch, at, LITTLE_ENDIAN));
      FloatVector s1 = x1.fma(f, fromMemorySegment(FLOATS, scratch, at + BYTES, LITTLE_ENDIAN));
      FloatVector s2 = x2.fma(f, fromMemorySegment(FLOATS, scratch, at + 2 * BYTES, LITTLE_ENDIAN));
      FloatVector s3 = x3.fma(f, fromMemorySegment(FLOATS, scratch, at + 3 * BYTES, LITTLE_ENDIAN));
      s0.intoMemorySegment(scratch, at, LITTLE_ENDIAN);
      s1.intoMemorySegment(scratch, at + BYTES, LITTLE_ENDIAN);
      s2.intoMemorySegment(scratch, at + 2 * BYTES, LITTLE_ENDIAN);
      s3.intoMemorySegment(scratch, at + 3 * BYTES, LITTLE_ENDIAN);
      y0 = s0.fma(w, y0);
      y1 = s1.fma(w, y1);
      y2 = s2.fma(w, y2);
      y3 = s3.fma(w, y3);
    }
    y0.intoMemorySegment(scratch, y, LITTLE_ENDIAN);
    y1.intoMemorySegment(scratch, y + BYTES, LITTLE_ENDIAN);
    y2.intoMemorySegment(scratch, y + 2 * BYTES, LITTLE_ENDIAN);
    y3.intoMemorySegment(scratch, y + 3 * BYTES, LITTLE_ENDIAN);
  }
}
