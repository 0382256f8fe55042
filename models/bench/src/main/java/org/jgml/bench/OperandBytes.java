package org.jgml.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Fill;
import org.jgml.core.op.Sample;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Makes up operands, quickly: of large ones a piece is drawn and then repeated.
final class OperandBytes {
  private static final long PIECE = 1 << 20;

  private OperandBytes() {}

  /// Dense bytes of an operand.
  static MemorySegment of(Sample.Operand operand, Arena arena, SplittableRandom random) {
    TensorType type = operand.type();
    MemorySegment bytes = arena.allocate(Math.max(1, type.bytes()), 64);
    long rowBytes = Math.max(1, type.dataType().bytes(type.shape().rowLength()));
    long rows = type.shape().rows();
    long drawn = Math.clamp(PIECE / rowBytes, Math.min(1, rows), rows);
    if (type.dataType().isInteger()) {
      drawn = rows;
    }
    if (type.dataType().isQuantised()) {
      drawBlocks(bytes.asSlice(0, drawn * rowBytes), random);
    } else {
      TensorType piece = type.withShape(Shape.of(drawn, type.shape().rowLength()));
      Elements.write(
          Tensor.dense(piece, HostBuffer.over(bytes), 0), values(piece, operand.fill(), random));
    }
    repeat(bytes.asSlice(0, type.bytes()), drawn * rowBytes);
    return bytes.asSlice(0, type.bytes());
  }

  /// Blocks whose scales are small and finite wherever a format has them: a half whose bytes are
  /// below 0x30 is between 0 and 0.125.
  private static void drawBlocks(MemorySegment bytes, SplittableRandom random) {
    for (long i = 0; i < bytes.byteSize(); i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(0x30));
    }
  }

  private static void repeat(MemorySegment bytes, long piece) {
    for (long at = piece; at < bytes.byteSize(); at += piece) {
      long length = Math.min(piece, bytes.byteSize() - at);
      MemorySegment.copy(bytes, 0, bytes, at, length);
    }
  }

  private static double[] values(TensorType type, Fill fill, SplittableRandom random) {
    int length = (int) type.shape().rowLength();
    double[] values = new double[(int) type.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      int column = i % length;
      values[i] =
          switch (fill) {
            case Fill.Uniform(double low, double high) -> random.nextDouble(low, high);
            case Fill.Indices(long limit) -> random.nextLong(limit);
            // Steps by a number without a common factor with the limit, so that none comes twice.
            case Fill.DistinctIndices(long limit) -> (i / length + column * stepOf(limit)) % limit;
            case Fill.Ascending(long first) -> first + column;
            case Fill.Mask(int oneIn) ->
                column > 0 && random.nextInt(oneIn) == 0 ? Double.NEGATIVE_INFINITY : 0;
            case Fill.Ties(int distinct) -> random.nextInt(distinct);
            case Fill.PartialAttention _ -> column == length - 2 ? 0 : random.nextDouble(1, 8);
          };
    }
    return values;
  }

  private static long stepOf(long limit) {
    long step = limit / 3 | 1;
    while (greatestCommonDivisor(step, limit) != 1) {
      step += 2;
    }
    return step;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /// The leading block of a dense tensor, dense itself.
  static MemorySegment leading(TensorType type, MemorySegment bytes, Shape block, Arena arena) {
    Layout rows = leading(Layout.dense(type.shape()), block);
    long rowBytes = type.dataType().bytes(block.rowLength());
    MemorySegment copy = arena.allocate(Math.max(1, block.rows() * rowBytes), 64);
    for (long row = 0; row < block.rows(); row++) {
      long from = type.dataType().bytes(rows.rowOffset(row));
      MemorySegment.copy(bytes, from, copy, row * rowBytes, rowBytes);
    }
    return copy.asSlice(0, block.rows() * rowBytes);
  }

  private static Layout leading(Layout layout, Shape block) {
    for (int axis = 0; axis < block.rank(); axis++) {
      layout = layout.slice(axis, 0, block.dim(axis), 1);
    }
    return layout;
  }
}
