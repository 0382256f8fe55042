package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.format.Codebook;
import org.jgml.core.format.GridCodebook;
import org.jgml.core.format.Levels;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jocl.cl_mem;

/// Blocks of types whose quantisers search for scales: a work-group makes a block, a work-item a
/// group of its elements.
///
/// @param type the type of the blocks
/// @param groups groups of a block
/// @param files how the block is packed, and what is searched for
record FittedBlocks(DataType type, int groups, List<String> files) {
  /// The blocks of a type; empty if its quantiser does not search.
  static Optional<FittedBlocks> of(DataType type) {
    return switch (type) {
      case Q2_K -> affine(type, 16, "quantiser/two_bit_runs");
      case Q4_K, Q5_K -> affine(type, 8, "quantiser/six_bit_scales");
      case Q3_K -> scaled(type, 16, "fit/levels", "quantiser/two_bit_runs");
      case Q6_K -> scaled(type, 16, "fit/levels");
      case IQ4_XS -> scaled(type, 8, "fit/levels", "format/iq4_levels");
      case IQ2_S -> grid(type, 16);
      case IQ3_XXS, IQ3_S -> grid(type, 8);
      case TQ1_0 -> found(type, 8, packing(type), "fit/ternary_fit");
      case TQ2_0 -> found(type, 8, "quantiser/two_bit_runs", packing(type), "fit/ternary_fit");
      case MXFP4 -> fp4(type, 1);
      case NVFP4 -> fp4(type, 4);
      case F32, F16, BF16, I32, I64 -> Optional.empty();
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL -> Optional.empty();
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS -> Optional.empty();
    };
  }

  /// Groups with a scale and a minimum each.
  private static Optional<FittedBlocks> affine(DataType type, int groups, String fields) {
    return found(
        type, groups, fields, packing(type), "fit/affine_group_fit", "fit/affine_block_fit");
  }

  /// Groups with a scale each, whose elements are of a codebook.
  private static Optional<FittedBlocks> scaled(
      DataType type, int groups, String codebook, String... needed) {
    String[] fit = {packing(type), "fit/group", codebook, "fit/group_fit", "fit/block_fit"};
    return found(type, groups, Stream.of(needed, fit).flatMap(Stream::of).toArray(String[]::new));
  }

  private static Optional<FittedBlocks> grid(DataType type, int groups) {
    return scaled(type, groups, "fit/grid_codebook", "format/grid_points", "quantiser/grid_codes");
  }

  private static Optional<FittedBlocks> fp4(DataType type, int groups) {
    return found(
        type,
        groups,
        "format/fp4_levels",
        "fit/group",
        "fit/levels",
        "fit/group_fit",
        "fit/fp4_codes",
        packing(type),
        "fit/fp4_fit");
  }

  private static String packing(DataType type) {
    return "quantiser/" + ProgramSource.prefix(type);
  }

  private static Optional<FittedBlocks> found(DataType type, int groups, String... files) {
    return Optional.of(new FittedBlocks(type, groups, List.of(files)));
  }

  /// Whether a device can write them.
  Verdict supports(DeviceProfile profile) {
    if (!profile.hasDoubles()) {
      return Verdict.no(
          "no double precision (cl_khr_fp64), which writing %s takes".formatted(type));
    }
    return profile.workGroupItems() < groups
        ? Verdict.no(
            "work-groups of at most %d work-items, and writing %s takes %d"
                .formatted(profile.workGroupItems(), type, groups))
        : Verdict.YES;
  }

  /// Rows of F32 as rows of blocks.
  void cast(Tensor x, Tensor y, SegmentCompiler compiler) {
    launch("cast_fitted", arguments(x, y, compiler), x.type().shape(), compiler);
  }

  /// Rows of F32 in the place of rows of blocks that indices name.
  void setRows(Tensor x, Tensor indices, Tensor y, SegmentCompiler compiler) {
    Shape shape = x.type().shape();
    Shape perRow = shape.range(0, shape.rank() - 1);
    KernelArguments arguments =
        arguments(x, y, compiler)
            .tensor(indices, indices.layout().broadcastTo(perRow))
            .number(indices.type().dataType().blockBytes())
            .number(perRow.rowLength())
            .number(y.type().shape().dim(-2));
    launch("set_rows_fitted", compiler.fault(arguments), shape, compiler);
  }

  private KernelArguments arguments(Tensor x, Tensor y, SegmentCompiler compiler) {
    return new KernelArguments().tensor(x).tensor(y).memory(neighbours(compiler));
  }

  private cl_mem neighbours(SegmentCompiler compiler) {
    return Codebook.of(type).orElse(null) instanceof GridCodebook grid
        ? compiler.constant(MemorySegment.ofArray(grid.neighbours()))
        : null;
  }

  private void launch(
      String kernel, KernelArguments arguments, Shape shape, SegmentCompiler compiler) {
    long blocks = shape.rowLength() / type.blockElements();
    compiler.launch(source(kernel), kernel, arguments, groups, blocks, shape.rows());
  }

  private ProgramSource source(String kernel) {
    ProgramSource source =
        ProgramSource.of("extremes", "fit/numbers")
            .and(files.toArray(String[]::new))
            .and(kernel)
            .with("GROUPS", groups)
            .with("GROUP", type.blockElements() / groups)
            .with("BLOCK_BYTES", type.blockBytes());
    return Codebook.of(type).map(codebook -> with(source, codebook)).orElse(source);
  }

  private ProgramSource with(ProgramSource source, Codebook codebook) {
    ProgramSource result =
        source
            .with("SMALLEST", codebook.smallest())
            .with("LARGEST", codebook.largest())
            .with("STRETCHES", list(codebook.stretches()));
    return switch (codebook) {
      case Levels levels -> result.with("LEVELS", list(levels.nearest()));
      case GridCodebook _ -> result.withGrid(type);
    };
  }

  private static String list(float... values) {
    StringJoiner list = new StringJoiner(", ");
    for (float value : values) {
      list.add(Float.toHexString(value) + "f");
    }
    return list.toString();
  }

  private static String list(byte... values) {
    StringJoiner list = new StringJoiner(", ");
    for (byte value : values) {
      list.add(Byte.toString(value));
    }
    return list.toString();
  }
}
