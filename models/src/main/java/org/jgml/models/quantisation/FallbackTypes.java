package org.jgml.models.quantisation;

import org.jgml.models.gguf.GgufType;

/// The types that stand in where rows are too short for blocks of 256.
final class FallbackTypes {
  private FallbackTypes() {}

  /// A type, or a similar one if rows of a length are no whole number of its blocks.
  static GgufType fitting(GgufType wanted, long rowLength) {
    if (rowLength % wanted.blockElements() == 0) {
      return wanted;
    }
    GgufType similar =
        switch (wanted) {
          case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_XS -> GgufType.IQ4_NL;
          case Q2_K, Q3_K, TQ1_0, TQ2_0, NVFP4 -> GgufType.Q4_0;
          case Q4_K -> GgufType.Q5_0;
          case Q5_K -> GgufType.Q5_1;
          case Q6_K -> GgufType.Q8_0;
          default -> GgufType.F16;
        };
    return rowLength % similar.blockElements() == 0 ? similar : GgufType.F16;
  }
}
