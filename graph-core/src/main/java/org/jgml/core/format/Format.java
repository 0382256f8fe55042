package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Reads and writes runs of elements of one element type, as float.
///
/// Runs are whole blocks. Reading gives the exact value that the bytes define, bit for bit; writing
/// rounds as the format's reference quantiser does. Implementations have no state.
public interface Format {
  /// Reads `count` elements that begin `offset` bytes into `source`.
  ///
  /// @param at index in `target` of the first element
  /// @param count a whole number of blocks
  void dequantise(MemorySegment source, long offset, float[] target, int at, int count);

  /// Writes `count` elements so that they begin `offset` bytes into `target`.
  ///
  /// @param at index in `source` of the first element
  /// @param count a whole number of blocks
  /// @throws UnsupportedOperationException if the type has no quantiser, see [#canQuantise]
  void quantise(float[] source, int at, MemorySegment target, long offset, int count);

  /// Writes `count` elements of a weight that is stored for good: with the scales of least squared
  /// error that a search finds, where [#quantise] takes time only for the first that will do.
  default void quantiseWeights(
      float[] source, int at, MemorySegment target, long offset, int count) {
    quantise(source, at, target, offset, count);
  }

  /// Whether values can be written in this format without further information.
  default boolean canQuantise() {
    return true;
  }

  /// The format of an element type that holds real numbers.
  ///
  /// @throws IllegalArgumentException for integer types
  static Format of(DataType type) {
    return switch (type) {
      case F32 -> new F32();
      case F16 -> new F16();
      case BF16 -> new BF16();
      case Q4_0 -> new Q4_0();
      case Q4_1 -> new Q4_1();
      case Q5_0 -> new Q5_0();
      case Q5_1 -> new Q5_1();
      case Q8_0 -> new Q8_0();
      case Q2_K -> new Q2_K();
      case Q3_K -> new Q3_K();
      case Q4_K -> new Q4_K();
      case Q5_K -> new Q5_K();
      case Q6_K -> new Q6_K();
      case IQ4_NL -> new IQ4_NL();
      case IQ4_XS -> new IQ4_XS();
      case IQ1_S -> new IQ1_S();
      case IQ1_M -> new IQ1_M();
      case IQ2_XXS -> new IQ2_XXS();
      case IQ2_XS -> new IQ2_XS();
      case IQ2_S -> new IQ2_S();
      case IQ3_XXS -> new IQ3_XXS();
      case IQ3_S -> new IQ3_S();
      case TQ1_0 -> new TQ1_0();
      case TQ2_0 -> new TQ2_0();
      case MXFP4 -> new MXFP4();
      case NVFP4 -> new NVFP4();
      case I32, I64 -> throw new IllegalArgumentException(type + " holds no real numbers");
    };
  }
}
