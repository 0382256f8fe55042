package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;

/// A weight type whose blocks are dequantised in plain Java.
record ScalarFormat(DataType type, Blocks blocks) implements Dequantiser {
  /// Converts whole blocks, as many as `values` has room for.
  @FunctionalInterface
  interface Blocks {
    void dequantise(byte[] blocks, float[] values);
  }

  void dequantise(byte[] bytes, float[] values) {
    blocks.dequantise(bytes, values);
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes(elements))];
    float[] values = new float[elements];
    MemorySegment.copy(w, ScalarProduct.BYTE, offset, bytes, 0, bytes.length);
    dequantise(bytes, values);
    MemorySegment.copy(values, 0, y, ScalarProduct.FLOAT, yOffset, elements);
  }

  static ScalarFormat of(DataType type) {
    return new ScalarFormat(
        type,
        switch (type) {
          case F32 -> ScalarFloats::f32;
          case F16 -> ScalarFloats::f16;
          case BF16 -> ScalarFloats::bf16;
          case Q4_0 -> ScalarBlocks::q4_0;
          case Q4_1 -> ScalarBlocks::q4_1;
          case Q5_0 -> ScalarBlocks::q5_0;
          case Q5_1 -> ScalarBlocks::q5_1;
          case Q8_0 -> ScalarBlocks::q8_0;
          case Q2_K -> ScalarSuperBlocks::q2_K;
          case Q3_K -> ScalarSuperBlocks::q3_K;
          case Q4_K -> ScalarSuperBlocks::q4_K;
          case Q5_K -> ScalarSuperBlocks::q5_K;
          case Q6_K -> ScalarSuperBlocks::q6_K;
          case IQ4_NL -> ScalarBlocks::iq4_NL;
          case IQ4_XS -> ScalarSuperBlocks::iq4_XS;
          case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, TQ1_0, TQ2_0, MXFP4, NVFP4 ->
              grouped(Format.of(type));
          case I32, I64 -> throw new IllegalArgumentException(type + " holds no real numbers");
        });
  }

  private static Blocks grouped(Format format) {
    return (bytes, values) ->
        format.dequantise(MemorySegment.ofArray(bytes), 0, values, 0, values.length);
  }
}
