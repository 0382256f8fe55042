package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
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
  /// THREADS of `cast_fitted.cu`.
  private static final int THREADS = 64;

  /// The blocks of a type; empty if its quantiser does not search.
  static Optional<FittedBlocks> of(DataType type) {
    return switch (type) {
      case Q4_K, Q5_K -> Optional.of(new FittedBlocks(type, 8));
      case Q2_K, Q3_K, Q6_K -> Optional.of(new FittedBlocks(type, 16));
      default -> Optional.empty();
    };
  }

  /// Rows of F32 as rows of blocks.
  void cast(Tensor x, Tensor y, SegmentCompiler compiler) {
    Shape shape = x.type().shape();
    long blocks = shape.rowLength() / type.blockElements();
    KernelArguments arguments = new KernelArguments().tensor(x).tensor(y);
    putCodebook(arguments, compiler);
    arguments.number(blocks).number(shape.rows());
    compiler.launch(
        Program.castFitted(type), "cast_fitted", arguments, geometry(blocks * shape.rows()));
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
