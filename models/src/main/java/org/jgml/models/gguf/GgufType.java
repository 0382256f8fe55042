package org.jgml.models.gguf;

import java.util.Arrays;
import java.util.Optional;
import org.jgml.core.tensor.DataType;

/// The element types that tensors of a GGUF file can have, with the ids of the format.
///
/// There are more than this engine computes with: a file that holds the others can still be listed
/// and copied.
public enum GgufType {
  F32(0, DataType.F32),
  F16(1, DataType.F16),
  Q4_0(2, DataType.Q4_0),
  Q4_1(3, DataType.Q4_1),
  Q5_0(6, DataType.Q5_0),
  Q5_1(7, DataType.Q5_1),
  Q8_0(8, DataType.Q8_0),
  Q8_1(9, 32, 36),
  Q2_K(10, DataType.Q2_K),
  Q3_K(11, DataType.Q3_K),
  Q4_K(12, DataType.Q4_K),
  Q5_K(13, DataType.Q5_K),
  Q6_K(14, DataType.Q6_K),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, DataType.IQ2_XXS),
  IQ2_XS(17, DataType.IQ2_XS),
  IQ3_XXS(18, DataType.IQ3_XXS),
  IQ1_S(19, DataType.IQ1_S),
  IQ4_NL(20, DataType.IQ4_NL),
  IQ3_S(21, DataType.IQ3_S),
  IQ2_S(22, DataType.IQ2_S),
  IQ4_XS(23, DataType.IQ4_XS),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, DataType.I32),
  I64(27, DataType.I64),
  F64(28, 1, 8),
  IQ1_M(29, DataType.IQ1_M),
  BF16(30, DataType.BF16),
  TQ1_0(34, DataType.TQ1_0),
  TQ2_0(35, DataType.TQ2_0),
  MXFP4(39, DataType.MXFP4),
  NVFP4(40, DataType.NVFP4),
  Q1_0(41, 128, 18),
  Q2_0(42, 64, 18);

  private final int id;
  private final int blockElements;
  private final int blockBytes;
  private final Optional<DataType> dataType;

  GgufType(int id, DataType dataType) {
    this.id = id;
    this.blockElements = dataType.blockElements();
    this.blockBytes = dataType.blockBytes();
    this.dataType = Optional.of(dataType);
  }

  GgufType(int id, int blockElements, int blockBytes) {
    this.id = id;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.dataType = Optional.empty();
  }

  /// The type of an id in a file; empty if the format has none or has dropped it.
  public static Optional<GgufType> of(int id) {
    return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
  }

  /// The type in which a file holds elements of this engine's type.
  public static GgufType of(DataType dataType) {
    return valueOf(dataType.name());
  }

  public int id() {
    return id;
  }

  /// Elements in one block; 1 for plain types.
  public int blockElements() {
    return blockElements;
  }

  /// Bytes of one block; the element size for plain types.
  public int blockBytes() {
    return blockBytes;
  }

  /// The type that this engine computes with; empty if it cannot.
  public Optional<DataType> dataType() {
    return dataType;
  }

  /// Bytes of a whole number of blocks.
  long bytes(long elements) {
    return Math.multiplyExact(elements / blockElements, blockBytes);
  }
}
