package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.op.Fill;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Makes up the bytes of an operand from a seed.
final class OperandValues {
  /// Elements of blocks that are quantised; longer operands are made of these blocks in random
  /// order, since looking for good codes takes longer than all else.
  private static final int QUANTISED_ELEMENTS = 1 << 12;

  private OperandValues() {}

  /// A dense tensor with the operand's values.
  static Tensor dense(CaseOperand operand, ValueClass values, SplittableRandom random) {
    TensorType type = operand.type();
    if (isReadOnlyFormat(type.dataType())) {
      Tensor tensor = unset(type);
      fillBlocks(tensor.segment(), type.dataType(), random);
      return tensor;
    }
    if (type.dataType().isQuantised() && type.shape().elements() > QUANTISED_ELEMENTS) {
      return mixed(type, dense(beginning(operand), values, random), random);
    }
    Tensor tensor = unset(type);
    Elements.write(tensor, elements(operand, values, random));
    return tensor;
  }

  private static Tensor unset(TensorType type) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes())]);
    return Tensor.dense(type, HostBuffer.over(bytes), 0);
  }

  private static CaseOperand beginning(CaseOperand operand) {
    TensorType type = operand.type().withShape(Shape.of(QUANTISED_ELEMENTS));
    return new CaseOperand(type, operand.fill(), OperandLayout.DENSE);
  }

  /// A tensor whose blocks are drawn from those of a smaller one.
  private static Tensor mixed(TensorType type, Tensor blocks, SplittableRandom random) {
    Tensor tensor = unset(type);
    int blockBytes = type.dataType().blockBytes();
    int count = QUANTISED_ELEMENTS / type.dataType().blockElements();
    for (long at = 0; at < type.bytes(); at += blockBytes) {
      long from = (long) random.nextInt(count) * blockBytes;
      MemorySegment.copy(blocks.segment(), from, tensor.segment(), at, blockBytes);
    }
    return tensor;
  }

  private static boolean isReadOnlyFormat(DataType type) {
    return !type.isInteger() && !Format.of(type).canQuantise();
  }

  private static double[] elements(
      CaseOperand operand, ValueClass values, SplittableRandom random) {
    Shape shape = operand.type().shape();
    int length = (int) shape.rowLength();
    double[] elements = new double[(int) shape.elements()];
    for (int row = 0; row < elements.length; row += Math.max(1, length)) {
      fillRow(operand.fill(), elements, row, length, random);
    }
    if (takes(operand, values)) {
      DataType type = operand.type().dataType();
      DoubleUnaryOperator value = null;
      for (int i = 0; i < elements.length; i++) {
        value = i % length == 0 ? values.ofRow(type, random) : value;
        elements[i] =
            isStatistic(operand.fill(), elements, i, length)
                ? elements[i]
                : value.applyAsDouble(elements[i]);
      }
    }
    return elements;
  }

  /// Whether an element is none of the values of a partial attention, or of a row that saw nothing.
  private static boolean isStatistic(Fill fill, double[] elements, int i, int length) {
    int max = i - i % length + length - 2;
    return fill instanceof Fill.PartialAttention
        && (i >= max || elements[max] == Double.NEGATIVE_INFINITY);
  }

  /// Whether an operand can hold special values: real numbers of any size. A range that begins at
  /// one or above is meant.
  static boolean takes(CaseOperand operand, ValueClass values) {
    return values != ValueClass.PLAIN
        && operand.type().dataType().isFloating()
        && switch (operand.fill()) {
          case Fill.Uniform(double low, double _) -> low < 1;
          case Fill.PartialAttention _ -> true;
          default -> false;
        };
  }

  private static void fillRow(
      Fill fill, double[] values, int from, int length, SplittableRandom random) {
    if (fill instanceof Fill.PartialAttention) {
      fillPartial(values, from, length, random);
      return;
    }
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
            case Fill.PartialAttention _ -> throw new IllegalArgumentException("made row by row");
          };
    }
  }

  private static void fillPartial(double[] values, int from, int length, SplittableRandom random) {
    boolean sawNothing = random.nextInt(8) == 0;
    double sum = sawNothing ? 0 : random.nextDouble(1, 8);
    for (int i = from; i < from + length - 2; i++) {
      values[i] = sawNothing ? 0 : random.nextDouble(-sum, sum);
    }
    values[from + length - 2] = sawNothing ? Double.NEGATIVE_INFINITY : random.nextDouble(-4, 4);
    values[from + length - 1] = sum;
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
}
