package org.jgml.core.format;

/// The integers that the elements of a format can be, before they are scaled.
interface Codebook {
  int smallest();

  int largest();

  /// Ratios by which a search for the scale should stretch the codebook, of which 1 maps the
  /// farthest value to the farthest integer.
  float[] stretches();

  /// Finds the integers nearest to `count` values times `inverse`.
  void assign(float[] source, int at, int count, float inverse, byte[] levels, int levelsAt);
}
