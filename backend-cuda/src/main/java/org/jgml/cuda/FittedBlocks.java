package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Codebook;
import org.jgml.core.format.GridCodebook;
import org.jgml.core.format.Levels;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Blocks of types whose quantisers search for scales: a thread makes a group of the elements of a
/// block.
///
/// @param type the type of the blocks
/// @param groups groups of a block, as in `quantisers.cuh`
record FittedBlocks(DataType type, int groups) {
  /// THREADS of `cast_fitted.cu` and `set_rows_fitted.cu`.
  private static final int THREADS = 64;

  /// The blocks of a type; empty if its quantiser does not search.
  static Optional<FittedBlocks> of(DataType type) {
    return switch (type) {
      case MXFP4 -> Optional.of(new FittedBlocks(type, 1));
      case NVFP4 -> Optional.of(new FittedBlocks(type, 4));
      case Q4_K, Q5_K, IQ4_XS, IQ3_XXS, IQ3_S, TQ1_0, TQ2_0 ->
          Optional.of(new FittedBlocks(type, 8));
      case Q2_K, Q3_K, Q6_K, IQ2_S -> Optional.of(new FittedBlocks(type, 16));
      case F32, F16, BF16, I32, I64 -> Optional.empty();
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL -> Optional.empty();
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS -> Optional.empty();
    };
  }

  /// Rows of F32 as rows of blocks.
  void cast(Tensor x, Tensor y, SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments().tensor(x).tensor(y);
    Shape shape = x.type().shape();
    launch(Program.castFitted(type), "cast_fitted", arguments, shape, compiler);
  }

  /// Rows of F32 in the place of rows of blocks that indices name.
  void setRows(Step step, SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments();
    IndexedRowKernels.putStoredRows(step, arguments, compiler).tensor(step.input(1));
    Shape shape = step.input(1).type().shape();
    launch(Program.setRowsFitted(type), "set_rows_fitted", arguments, shape, compiler);
  }

  /// Launches a kernel whose last arguments are the codebook, blocks of a row and rows.
  private void launch(
      Program program,
      String kernel,
      KernelArguments arguments,
      Shape shape,
      SegmentCompiler compiler) {
    long blocks = shape.rowLength() / type.blockElements();
    putCodebook(arguments, compiler);
    arguments.number(blocks).number(shape.rows());
    compiler.launch(program, kernel, arguments, geometry(blocks * shape.rows()));
  }

  /// The `codebook_t` of `codebooks.cuh`: zeros for types that need none.
  private void putCodebook(KernelArguments arguments, SegmentCompiler compiler) {
    Optional<Codebook> found = Codebook.of(type);
    if (found.isEmpty()) {
      arguments.number(0L).number(0L).number(0).number(0).number(0).number(0);
      return;
    }
    Codebook codebook = found.get();
    float[] stretches = codebook.stretches();
    MemorySegment table = table(codebook);
    arguments
        .number(compiler.constant(MemorySegment.ofArray(stretches)))
        .number(compiler.constant(table))
        .number(stretches.length)
        .number((int) table.byteSize())
        .number(codebook.smallest())
        .number(codebook.largest());
  }

  private static MemorySegment table(Codebook codebook) {
    return switch (codebook) {
      case Levels levels -> MemorySegment.ofArray(levels.nearest());
      case GridCodebook grid -> MemorySegment.ofArray(grid.neighbours());
    };
  }

  private Geometry geometry(long blocks) {
    return Geometry.of(THREADS, 0, Math.ceilDiv(blocks * groups, THREADS), 1, 1);
  }
}
