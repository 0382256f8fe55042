package org.jgml.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jgml.core.op.SetRows;
import org.jgml.core.tensor.DataType;

/// A `.cu` file and what its names that are left open stand for. Every program there is can be
/// listed, as each is compiled before.
///
/// @param file the file, without its ending
/// @param definitions as the compiler takes them, such as `-DFORMAT=q4_k`
/// @param architectures what there is PTX for, ascending; all run with the same arguments and
///   geometry
record Program(String file, List<String> definitions, List<Architecture> architectures) {
  private static final Architecture COMMON = Architecture.from(75);

  /// From here on there are the matrix instructions that `mma.cuh` uses.
  private static final Architecture TENSOR = Architecture.from(80);

  /// From here on launches can begin before the one before them has ended. There is PTX for it of
  /// what a decoded token consists of.
  private static final Architecture DEPENDENT = Architecture.from(90);

  private static final Set<String> DEPENDENT_FILES =
      Set.of("attention_merge", "rms_norm", "rope", "rope_joined", "rope_set_rows", "set_rows");

  private static final Set<DataType> DEPENDENT_FORMATS =
      EnumSet.of(
          DataType.F16,
          DataType.BF16,
          DataType.Q4_0,
          DataType.Q8_0,
          DataType.Q4_K,
          DataType.Q5_K,
          DataType.Q6_K);

  /// What weights of products can be that are made by one launch.
  static final List<List<DataType>> JOINED_FORMATS =
      List.of(
          List.of(DataType.F16),
          List.of(DataType.BF16),
          List.of(DataType.Q4_0),
          List.of(DataType.Q8_0),
          List.of(DataType.Q4_K, DataType.Q6_K),
          List.of(DataType.Q5_K, DataType.Q6_K));

  private static final Set<Integer> DEPENDENT_VALUES = Set.of(64, 128);

  /// Products of halves with the matrix instruction of a warp.
  static final Program MATMUL_MMA = new Program("matmul_mma", List.of(), TENSOR);

  /// Products of halves with the matrix instruction of a warpgroup.
  static final Program MATMUL_WGMMA = new Program("matmul_wgmma", List.of(), Architecture.only(90));

  /// Attention on tensor cores with heads of more elements than [#attentionTensor] has room for.
  static final Program ATTENTION_WIDE = new Program("attention_wide", List.of(), TENSOR);

  /// Types whose values kernels read.
  static final Set<DataType> FORMATS = EnumSet.complementOf(EnumSet.of(DataType.I32, DataType.I64));

  /// Types whose quantisers search for scales.
  private static final List<DataType> FITTED_FORMATS =
      Stream.of(DataType.values()).filter(type -> FittedBlocks.of(type).isPresent()).toList();

  /// Those of them that `set_rows` writes.
  private static final List<DataType> STORED_FORMATS =
      FITTED_FORMATS.stream().filter(SetRows.WRITABLE::contains).toList();

  /// The most elements of a value, of which a thread of `attention` keeps a share.
  private static final List<Integer> VALUES = List.of(64, 128, 256, 512);

  private static final List<Integer> TENSOR_VALUES = List.of(64, 128, 256);

  private static final List<String> PLAIN =
      List.of(
          "argmax",
          "argsort",
          "attention_column_sums",
          "attention_merge",
          "band",
          "binary",
          "cast",
          "cast_integers",
          "conv",
          "copy",
          "copy_pieces",
          "count_equal",
          "cumsum",
          "gated",
          "get_rows",
          "l2_norm",
          "linear_attention",
          "matmul_tiled",
          "max_rows",
          "norm",
          "pad",
          "pool",
          "resize",
          "rms_norm",
          "rope",
          "rope_angles",
          "rope_joined",
          "rope_set_rows",
          "set_rows",
          "softmax",
          "sum_rows",
          "top_k",
          "unary",
          "unfold");

  private Program(String file, List<String> definitions, Architecture architecture) {
    this(file, definitions, List.of(architecture));
  }

  private static Program of(
      String file, List<String> definitions, Architecture least, boolean isDependent) {
    return new Program(file, definitions, isDependent ? List.of(least, DEPENDENT) : List.of(least));
  }

  /// A program without definitions.
  static Program of(String file) {
    return of(file, List.of(), COMMON, DEPENDENT_FILES.contains(file));
  }

  /// Products of few tokens with weights of a type.
  static Program matmulVector(DataType type) {
    List<String> format = List.of("-DFORMAT=" + prefix(type));
    return of("matmul_vector", format, COMMON, DEPENDENT_FORMATS.contains(type));
  }

  /// Products of one token with weights of one type, or of two.
  static Program matmulJoined(List<DataType> types) {
    List<String> definitions = new ArrayList<>(List.of("-DFORMAT=" + prefix(types.getFirst())));
    types.stream().skip(1).forEach(type -> definitions.add("-DOTHER=" + prefix(type)));
    return of("matmul_joined", List.copyOf(definitions), COMMON, true);
  }

  /// Rows of F32 in a type whose quantiser searches for scales.
  static Program castFitted(DataType type) {
    return new Program("cast_fitted", List.of("-DFORMAT=" + prefix(type)), COMMON);
  }

  /// Rows of F32 in the place of rows of a type whose quantiser searches for scales.
  static Program setRowsFitted(DataType type) {
    return new Program("set_rows_fitted", List.of("-DFORMAT=" + prefix(type)), COMMON);
  }

  /// Rows of a type as halves.
  static Program toHalves(DataType type) {
    return new Program("to_halves", List.of("-DFORMAT=" + prefix(type)), TENSOR);
  }

  /// Attention with values of so many elements; a block makes [#longestValue] of them at most.
  static Program attention(long valueSize) {
    return new Program("attention", values(VALUES, Math.min(valueSize, longestValue())), COMMON);
  }

  /// Attention on tensor cores, with heads of at most so many elements.
  static Program attentionTensor(long headSize) {
    boolean isDependent = DEPENDENT_VALUES.contains(size(TENSOR_VALUES, headSize));
    return of("attention_tensor", values(TENSOR_VALUES, headSize), TENSOR, isDependent);
  }

  private static List<String> values(List<Integer> sizes, long least) {
    return List.of("-DVALUES=" + size(sizes, least));
  }

  private static int size(List<Integer> sizes, long least) {
    return sizes.stream()
        .filter(each -> each >= least)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("heads of " + least));
  }

  /// The elements that the kernels on tensor cores have room for, if heads have so many.
  static int tensorValue(long headSize) {
    return size(TENSOR_VALUES, headSize);
  }

  /// The most elements that heads of [#attentionTensor] can have.
  static int longestTensorValue() {
    return TENSOR_VALUES.getLast();
  }

  /// The most elements of a value that a block of [#attention] makes.
  static int longestValue() {
    return VALUES.getLast();
  }

  /// Every program.
  static List<Program> all() {
    List<Program> all = new ArrayList<>();
    PLAIN.forEach(file -> all.add(of(file)));
    FORMATS.forEach(type -> all.add(matmulVector(type)));
    FORMATS.forEach(type -> all.add(toHalves(type)));
    FITTED_FORMATS.forEach(type -> all.add(castFitted(type)));
    STORED_FORMATS.forEach(type -> all.add(setRowsFitted(type)));
    JOINED_FORMATS.forEach(types -> all.add(matmulJoined(types)));
    all.add(MATMUL_MMA);
    all.add(MATMUL_WGMMA);
    all.add(ATTENTION_WIDE);
    VALUES.forEach(size -> all.add(attention(size)));
    TENSOR_VALUES.forEach(size -> all.add(attentionTensor(size)));
    return all;
  }

  private static String prefix(DataType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /// Whether its kernels wait for the launches before them on devices that have such launches:
  /// `dependent.cuh`.
  boolean isDependent() {
    return architectures.contains(DEPENDENT);
  }

  /// The program whose kernels wait for nothing.
  Program inOrder() {
    List<Architecture> others =
        architectures.stream().filter(each -> !each.equals(DEPENDENT)).toList();
    return new Program(file, definitions, others);
  }

  /// The highest architecture that a device of a capability, such as 90, runs.
  Optional<Architecture> best(int capability) {
    return architectures.stream()
        .filter(each -> each.fits(capability))
        .max(Comparator.naturalOrder());
  }

  /// The resource that holds its PTX for an architecture, compressed. All but the lowest have it in
  /// their names.
  String resource(Architecture architecture) {
    String suffix = architecture.equals(architectures.getFirst()) ? "" : ".sm_" + architecture;
    return "ptx/" + name() + suffix + ".ptx.gz";
  }

  private String name() {
    StringBuilder name = new StringBuilder(file);
    for (String definition : definitions) {
      name.append('.').append(definition, definition.indexOf('=') + 1, definition.length());
    }
    return name.toString();
  }

  /// The file with its definitions, as the first line of the PTX has them.
  @Override
  public String toString() {
    return definitions.isEmpty() ? file : file + " " + String.join(" ", definitions);
  }
}
