package org.jgml.core.tensor;

/// The element types of tensors: plain numbers, and blocks of quantised weights.
///
/// A block type stores `blockElements` consecutive elements of a row in `blockBytes` bytes; a row
/// of such a tensor is a whole number of blocks. The bit layouts are those of GGUF files; the code
/// that reads and writes them is in `org.jgml.core.format`.
public enum DataType {
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  I32(1, 4),
  I64(1, 8),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  IQ4_NL(32, 18),
  IQ4_XS(256, 136),
  IQ1_S(256, 50),
  IQ1_M(256, 56),
  IQ2_XXS(256, 66),
  IQ2_XS(256, 74),
  IQ2_S(256, 82),
  IQ3_XXS(256, 98),
  IQ3_S(256, 110),
  TQ1_0(256, 54),
  TQ2_0(256, 66),
  MXFP4(32, 17),
  NVFP4(64, 36);

  private final int blockElements;
  private final int blockBytes;

  DataType(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /// Elements in one block; 1 for plain types.
  public int blockElements() {
    return blockElements;
  }

  /// Bytes of one block; the element size for plain types.
  public int blockBytes() {
    return blockBytes;
  }

  /// Whether elements are stored in blocks that share scales.
  public boolean isQuantised() {
    return blockElements > 1;
  }

  /// Whether this is F32, F16 or BF16.
  public boolean isFloating() {
    return this == F32 || this == F16 || this == BF16;
  }

  /// Whether this is I32 or I64.
  public boolean isInteger() {
    return this == I32 || this == I64;
  }

  /// Bytes of `elements` consecutive elements.
  ///
  /// @throws IllegalArgumentException if `elements` is not a whole number of blocks
  public long bytes(long elements) {
    if (elements % blockElements != 0) {
      throw new IllegalArgumentException(
          elements + " elements are no whole number of " + this + " blocks of " + blockElements);
    }
    return Math.multiplyExact(elements / blockElements, blockBytes);
  }
}
