package org.jgml.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Codebook;
import org.jgml.core.format.Levels;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

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
      case Q3_K -> scaled(type, 16, "quantiser/two_bit_runs");
      case Q6_K -> scaled(type, 16);
      default -> Optional.empty();
    };
  }

  /// Groups with a scale and a minimum each.
  private static Optional<FittedBlocks> affine(DataType type, int groups, String... packing) {
    return of(type, groups, List.of(packing), "fit/affine_group_fit", "fit/affine_block_fit");
  }

  /// Groups with a scale each, whose elements are of a codebook.
  private static Optional<FittedBlocks> scaled(DataType type, int groups, String... packing) {
    return of(type, groups, List.of(packing), "fit/levels", "fit/group_fit", "fit/block_fit");
  }

  private static Optional<FittedBlocks> of(
      DataType type, int groups, List<String> packing, String... fit) {
    List<String> files = new ArrayList<>(packing);
    files.add("quantiser/" + ProgramSource.prefix(type));
    files.addAll(List.of(fit));
    return Optional.of(new FittedBlocks(type, groups, List.copyOf(files)));
  }

  /// Rows of F32 as rows of blocks.
  void cast(Tensor x, Tensor y, SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments().tensor(x).tensor(y);
    launch("cast_fitted", arguments, x.type().shape(), compiler);
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

  /// A program that knows a codebook.
  static ProgramSource with(ProgramSource source, Codebook codebook) {
    ProgramSource result =
        source
            .with("SMALLEST", codebook.smallest())
            .with("LARGEST", codebook.largest())
            .with("STRETCHES", list(codebook.stretches()));
    return switch (codebook) {
      case Levels levels -> result.with("LEVELS", list(levels.nearest()));
      default -> result;
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
