package org.jgml.core.conformance;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.op.Fill;
import org.jgml.core.op.Sample;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Makes up the bytes of an operand from a seed.
final class OperandValues {
  private OperandValues() {}

  /// Dense bytes of the operand's type.
  static MemorySegment bytes(Sample.Operand operand, SplittableRandom random) {
    MemorySegment bytes = Arena.ofAuto().allocate(Math.max(1, operand.type().bytes()), 64);
    if (isReadOnlyFormat(operand.type().dataType())) {
      fillBlocks(bytes, operand.type().dataType(), random);
      return bytes;
    }
    double[] values = values(operand, random);
    Elements.write(Tensor.dense(operand.type(), HostBuffer.over(bytes), 0), values);
    return bytes;
  }

  private static boolean isReadOnlyFormat(DataType type) {
    return !type.isInteger() && !Format.of(type).canQuantise();
  }

  private static double[] values(Sample.Operand operand, SplittableRandom random) {
    Shape shape = operand.type().shape();
    int length = (int) shape.rowLength();
    double[] values = new double[(int) shape.elements()];
    for (int row = 0; row < values.length; row += Math.max(1, length)) {
      fillRow(operand.fill(), values, row, length, random);
    }
    return values;
  }

  private static void fillRow(
      Fill fill, double[] values, int from, int length, SplittableRandom random) {
    int[] shuffled =
        fill instanceof Fill.DistinctIndices(long limit) ? shuffle(limit, random) : null;
    for (int i = 0; i < length; i++) {
      values[from + i] =
          switch (fill) {
            case Fill.Uniform(double low, double high) -> random.nextDouble(low, high);
            case Fill.Indices(long limit) -> random.nextLong(limit);
            case Fill.DistinctIndices _ -> shuffled[i];
            case Fill.Ascending(long first) -> first + i;
            case Fill.Mask(int oneIn) ->
                i > 0 && random.nextInt(oneIn) == 0 ? Double.NEGATIVE_INFINITY : 0;
            case Fill.Ties(int distinct) -> random.nextInt(distinct);
          };
    }
  }

  private static int[] shuffle(long limit, SplittableRandom random) {
    int[] order = new int[(int) limit];
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /// Random blocks whose scale fields, wherever the format has them, are small halves.
  private static void fillBlocks(MemorySegment bytes, DataType type, SplittableRandom random) {
    byte[] block = new byte[type.blockBytes()];
    for (long at = 0; at < bytes.byteSize(); at += block.length) {
      random.nextBytes(block);
      MemorySegment.copy(MemorySegment.ofArray(block), 0, bytes, at, block.length);
      for (int offset : halfScales(type)) {
        short half = Float.floatToFloat16((float) random.nextDouble(0.001, 0.01));
        bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + offset, half);
      }
      if (type == DataType.IQ1_M) {
        // Nibbles of one half, in the highest bits of four numbers: 0x1xxx is a small one.
        byte highest = bytes.get(ValueLayout.JAVA_BYTE, at + 55);
        bytes.set(ValueLayout.JAVA_BYTE, at + 55, (byte) (highest & 15 | 0x10));
      }
    }
  }

  private static int[] halfScales(DataType type) {
    return switch (type) {
      case IQ1_S, IQ2_XXS, IQ2_XS -> new int[] {0};
      case IQ1_M -> new int[] {};
      default -> throw new IllegalArgumentException(type + " can be quantised");
    };
  }

  /// The type of an operand in a wider tensor, of which it is a slice.
  static TensorType widened(TensorType type, int axis, long before, long after) {
    return type.withShape(type.shape().with(axis, type.shape().dim(axis) + before + after));
  }
}
