package org.jgml.models.quantisation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jgml.models.gguf.GgufType;

/// What a file is quantised to: a type for most tensors and rules for the others, see [MixRules].
///
/// Names and numbers are those of llama.cpp; the number is stored as `general.file_type`.
public enum FileType {
  F32(0, GgufType.F32),
  F16(1, GgufType.F16),
  BF16(32, GgufType.BF16),
  Q8_0(7, GgufType.Q8_0),
  Q4_0(2, GgufType.Q4_0),
  Q4_1(3, GgufType.Q4_1),
  Q5_0(8, GgufType.Q5_0),
  Q5_1(9, GgufType.Q5_1),
  Q2_K(10, GgufType.Q2_K),
  Q2_K_S(21, GgufType.Q2_K),
  Q3_K_S(11, GgufType.Q3_K),
  Q3_K_M(12, GgufType.Q3_K),
  Q3_K_L(13, GgufType.Q3_K),
  Q4_K_S(14, GgufType.Q4_K),
  Q4_K_M(15, GgufType.Q4_K),
  Q5_K_S(16, GgufType.Q5_K),
  Q5_K_M(17, GgufType.Q5_K),
  Q6_K(18, GgufType.Q6_K),
  IQ1_S(24, GgufType.IQ1_S),
  IQ1_M(31, GgufType.IQ1_M),
  IQ2_XXS(19, GgufType.IQ2_XXS),
  IQ2_XS(20, GgufType.IQ2_XS),
  IQ2_S(28, GgufType.IQ2_XS),
  IQ2_M(29, GgufType.IQ2_S),
  IQ3_XXS(23, GgufType.IQ3_XXS),
  IQ3_XS(22, GgufType.IQ3_S),
  IQ3_S(26, GgufType.IQ3_S),
  IQ3_M(27, GgufType.IQ3_S),
  IQ4_NL(25, GgufType.IQ4_NL),
  IQ4_XS(30, GgufType.IQ4_XS),
  TQ1_0(36, GgufType.TQ1_0),
  TQ2_0(37, GgufType.TQ2_0),
  MXFP4_MOE(38, GgufType.MXFP4),
  NVFP4(39, GgufType.NVFP4);

  private final int id;
  private final GgufType type;

  FileType(int id, GgufType type) {
    this.id = id;
    this.type = type;
  }

  /// The number of the format.
  public int id() {
    return id;
  }

  /// The type of a tensor for which no rule says anything else.
  public GgufType type() {
    return type;
  }

  /// The file type of a name in either case, a short form (`Q4_K`) or a number.
  public static Optional<FileType> of(String name) {
    String wanted =
        switch (name.toUpperCase(Locale.ROOT)) {
          case "Q3_K" -> "Q3_K_M";
          case "Q4_K" -> "Q4_K_M";
          case "Q5_K" -> "Q5_K_M";
          default -> name.toUpperCase(Locale.ROOT);
        };
    return Arrays.stream(values())
        .filter(type -> type.name().equals(wanted) || String.valueOf(type.id).equals(wanted))
        .findFirst();
  }
}
