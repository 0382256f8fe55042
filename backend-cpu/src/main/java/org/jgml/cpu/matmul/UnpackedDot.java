package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/// Dot products of four [UnpackedRow]s with one token, lane by lane.
///
/// Four rows share the loads of the activations.
final class UnpackedDot {
  private static final long ROW = UnpackedRow.BYTES;
  private static final long SCALES = UnpackedRow.SCALES;

  private UnpackedDot() {}

  /// Adds the products of groups of 32 weights to the vectors at `to` of `sums`.
  static void groupsOf32(
      MemorySegment rows,
      MemorySegment x,
      long xOffset,
      int elements,
      MemorySegment sums,
      long to) {
    FloatVector y0 = FloatVector.fromMemorySegment(FLOATS, sums, to, ORDER);
    FloatVector y1 = FloatVector.fromMemorySegment(FLOATS, sums, to + 64, ORDER);
    FloatVector y2 = FloatVector.fromMemorySegment(FLOATS, sums, to + 128, ORDER);
    FloatVector y3 = FloatVector.fromMemorySegment(FLOATS, sums, to + 192, ORDER);
    for (int i = 0; i < elements / 32; i++) {
      FloatVector t0 = FloatVector.zero(FLOATS);
      FloatVector t1 = FloatVector.zero(FLOATS);
      FloatVector t2 = FloatVector.zero(FLOATS);
      FloatVector t3 = FloatVector.zero(FLOATS);
      for (int j = 0; j < 32; j += COUNT) {
        long at = 32L * i + j;
        FloatVector xj = FloatVector.fromMemorySegment(FLOATS, x, xOffset + 4 * at, ORDER);
        ByteVector q0 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at, ORDER);
        t0 = ((FloatVector) q0.convertShape(B2F, FLOATS, 0)).fma(xj, t0);
        ByteVector q1 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at + ROW, ORDER);
        t1 = ((FloatVector) q1.convertShape(B2F, FLOATS, 0)).fma(xj, t1);
        ByteVector q2 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at + 2 * ROW, ORDER);
        t2 = ((FloatVector) q2.convertShape(B2F, FLOATS, 0)).fma(xj, t2);
        ByteVector q3 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at + 3 * ROW, ORDER);
        t3 = ((FloatVector) q3.convertShape(B2F, FLOATS, 0)).fma(xj, t3);
      }
      long scale = SCALES + 4L * i;
      y0 = t0.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale)), y0);
      y1 = t1.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale + ROW)), y1);
      y2 = t2.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale + 2 * ROW)), y2);
      y3 = t3.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale + 3 * ROW)), y3);
    }
    y0.intoMemorySegment(sums, to, ORDER);
    y1.intoMemorySegment(sums, to + 64, ORDER);
    y2.intoMemorySegment(sums, to + 128, ORDER);
    y3.intoMemorySegment(sums, to + 192, ORDER);
  }

  /// Adds the products of groups of 16 weights to the vectors at `to` of `sums`.
  static void groupsOf16(
      MemorySegment rows,
      MemorySegment x,
      long xOffset,
      int elements,
      MemorySegment sums,
      long to) {
    FloatVector y0 = FloatVector.fromMemorySegment(FLOATS, sums, to, ORDER);
    FloatVector y1 = FloatVector.fromMemorySegment(FLOATS, sums, to + 64, ORDER);
    FloatVector y2 = FloatVector.fromMemorySegment(FLOATS, sums, to + 128, ORDER);
    FloatVector y3 = FloatVector.fromMemorySegment(FLOATS, sums, to + 192, ORDER);
    for (int i = 0; i < elements / 16; i++) {
      long scale = SCALES + 4L * i;
      FloatVector scale0 = FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale));
      FloatVector scale1 = FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale + ROW));
      FloatVector scale2 = FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale + 2 * ROW));
      FloatVector scale3 = FloatVector.broadcast(FLOATS, rows.get(FLOAT, scale + 3 * ROW));
      for (int j = 0; j < 16; j += COUNT) {
        long at = 16L * i + j;
        FloatVector xj = FloatVector.fromMemorySegment(FLOATS, x, xOffset + 4 * at, ORDER);
        ByteVector q0 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at, ORDER);
        y0 = ((FloatVector) q0.convertShape(B2F, FLOATS, 0)).mul(scale0).fma(xj, y0);
        ByteVector q1 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at + ROW, ORDER);
        y1 = ((FloatVector) q1.convertShape(B2F, FLOATS, 0)).mul(scale1).fma(xj, y1);
        ByteVector q2 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at + 2 * ROW, ORDER);
        y2 = ((FloatVector) q2.convertShape(B2F, FLOATS, 0)).mul(scale2).fma(xj, y2);
        ByteVector q3 = ByteVector.fromMemorySegment(NARROW_BYTES, rows, at + 3 * ROW, ORDER);
        y3 = ((FloatVector) q3.convertShape(B2F, FLOATS, 0)).mul(scale3).fma(xj, y3);
      }
    }
    y0.intoMemorySegment(sums, to, ORDER);
    y1.intoMemorySegment(sums, to + 64, ORDER);
    y2.intoMemorySegment(sums, to + 128, ORDER);
    y3.intoMemorySegment(sums, to + 192, ORDER);
  }

  /// Subtracts the products of `groups` minima with the sums of the activations of their groups.
  static void minima(
      MemorySegment rows, MemorySegment x, long xSums, int groups, MemorySegment sums, long to) {
    FloatVector y0 = FloatVector.fromMemorySegment(FLOATS, sums, to, ORDER);
    FloatVector y1 = FloatVector.fromMemorySegment(FLOATS, sums, to + 64, ORDER);
    FloatVector y2 = FloatVector.fromMemorySegment(FLOATS, sums, to + 128, ORDER);
    FloatVector y3 = FloatVector.fromMemorySegment(FLOATS, sums, to + 192, ORDER);
    int bound = FLOATS.loopBound(groups);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector xi = FloatVector.fromMemorySegment(FLOATS, x, xSums + 4L * i, ORDER).neg();
      long minimum = UnpackedRow.MINIMA + 4L * i;
      y0 = FloatVector.fromMemorySegment(FLOATS, rows, minimum, ORDER).fma(xi, y0);
      y1 = FloatVector.fromMemorySegment(FLOATS, rows, minimum + ROW, ORDER).fma(xi, y1);
      y2 = FloatVector.fromMemorySegment(FLOATS, rows, minimum + 2 * ROW, ORDER).fma(xi, y2);
      y3 = FloatVector.fromMemorySegment(FLOATS, rows, minimum + 3 * ROW, ORDER).fma(xi, y3);
    }
    // Scalars go to all lanes alike, each with its share; the number of lanes is a power of two.
    for (int i = bound; i < groups; i++) {
      FloatVector xi = FloatVector.broadcast(FLOATS, x.get(FLOAT, xSums + 4L * i) / -COUNT);
      long minimum = UnpackedRow.MINIMA + 4L * i;
      y0 = xi.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, minimum)), y0);
      y1 = xi.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, minimum + ROW)), y1);
      y2 = xi.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, minimum + 2 * ROW)), y2);
      y3 = xi.fma(FloatVector.broadcast(FLOATS, rows.get(FLOAT, minimum + 3 * ROW)), y3);
    }
    y0.intoMemorySegment(sums, to, ORDER);
    y1.intoMemorySegment(sums, to + 64, ORDER);
    y2.intoMemorySegment(sums, to + 128, ORDER);
    y3.intoMemorySegment(sums, to + 192, ORDER);
  }
}
