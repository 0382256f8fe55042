package org.jgml.core.format;

import java.util.Optional;
import org.jgml.core.tensor.DataType;

/// The integers that the elements of a format can be, before they are scaled.
public sealed interface Codebook permits Levels, GridCodebook {
  int smallest();

  int largest();

  /// Ratios by which a search for the scale should stretch the codebook, of which 1 maps the
  /// farthest value to the farthest integer.
  float[] stretches();

  /// Finds the integers nearest to `count` values times `inverse`.
  void assign(float[] source, int at, int count, float inverse, byte[] levels, int levelsAt);

  /// The codebook of a type whose quantiser searches for the scales of groups.
  static Optional<Codebook> of(DataType type) {
    return switch (type) {
      case Q3_K -> Optional.of(Q3_K.CODEBOOK);
      case Q6_K -> Optional.of(Q6_K.CODEBOOK);
      case IQ4_XS -> Optional.of(Iq4Codebook.CODEBOOK);
      case MXFP4, NVFP4 -> Optional.of(Fp4.LEVELS);
      case IQ2_S -> Optional.of(GridCodebook.IQ2_S);
      case IQ3_XXS -> Optional.of(GridCodebook.IQ3_XXS);
      case IQ3_S -> Optional.of(GridCodebook.IQ3_S);
      default -> Optional.empty();
    };
  }
}
