package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;

/// Functions of rows: `length` floats that lie densely from a byte offset of a segment on.
///
/// A result may replace an operand of the same length. Results are within a few units in the last
/// place of the exact ones and depend on nothing but operands and the vector width.
interface RowMath {
  /// A float at any byte offset.
  ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// `y = kind(x)`.
  void unary(Unary.Kind kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = kind(a, b)`.
  void binary(
      Binary.Kind kind,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment y,
      long yAt,
      int length);

  /// `y = max(a, b)`, NaN where one is.
  void maximum(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int length);

  /// `y = op(gate, up)`.
  void swigluOai(
      SwigluOai op,
      MemorySegment gate,
      long gateAt,
      MemorySegment up,
      long upAt,
      MemorySegment y,
      long yAt,
      int length);

  /// `y = op(x)`.
  void clamp(Clamp op, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = op(x)`.
  void leakyRelu(LeakyRelu op, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = op(x)`.
  void xielu(Xielu op, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = value`.
  void fill(float value, MemorySegment y, long yAt, int length);

  /// `y = x + summand`.
  void add(float summand, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = factor · x`.
  void multiply(float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = factor · x + summand`, rounded once: the two may cancel.
  void multiplyAdd(
      float factor,
      float summand,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int length);

  /// `y = factor · a · b`.
  void multiply(
      float factor,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment y,
      long yAt,
      int length);

  /// `y = y + factor · x`.
  void addMultiple(float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// `y = y + Σ factor · x`, for each factor with `x` shifted by an offset in elements.
  ///
  /// @param factors one for each offset
  void addShifted(
      MemorySegment factors,
      long factorsAt,
      int[] offsets,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int length);

  /// The sum, in double precision.
  double sum(MemorySegment x, long xAt, int length);

  /// The sum of squares.
  float sumOfSquares(MemorySegment x, long xAt, int length);

  /// The largest element that is a number; minus infinity if there is none.
  float max(MemorySegment x, long xAt, int length);

  /// `y = exp(x - max)`; returns the sum of `y`.
  float exponentials(float max, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);

  /// Turns pairs of neighbours by angles given as pairs of cosine and sine.
  void rotateNeighbours(
      MemorySegment x,
      long xAt,
      MemorySegment angles,
      long anglesAt,
      MemorySegment y,
      long yAt,
      int pairs);

  /// Turns pairs of an element of the first half and one of the second by angles given as pairs of
  /// cosine and sine.
  void rotateHalves(
      MemorySegment x,
      long xAt,
      MemorySegment angles,
      long anglesAt,
      MemorySegment y,
      long yAt,
      int pairs);
}
