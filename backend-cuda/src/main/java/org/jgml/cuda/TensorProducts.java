package org.jgml.cuda;

import java.util.EnumSet;
import java.util.Set;
import org.jgml.core.tensor.DataType;

/// Products of many tokens on tensor cores: tokens and weights become halves, sums stay F32.
final class TensorProducts {
  /// Types whose values halves hold; F32 and BF16 have a wider range.
  static final Set<DataType> FORMATS =
      EnumSet.complementOf(EnumSet.of(DataType.F32, DataType.BF16, DataType.I32, DataType.I64));

  // TILE, STEP and THREADS of `matmul_tensor.cu`.
  static final int TILE = 128;
  static final int STEP = 32;
  static final int THREADS = 256;

  /// Tokens from which on a tile is worth it.
  private static final int LEAST_TOKENS = 16;

  private static final int ALIGNMENT = 256;

  private TensorProducts() {}

  /// Whether a product is made here.
  static boolean take(MatmulKernels.Product product, SegmentCompiler compiler) {
    return !compiler.options().exactProducts()
        && compiler.profile().hasTensorCores()
        && FORMATS.contains(product.w().type().dataType())
        && product.m() >= LEAST_TOKENS
        && product.k() % STEP == 0;
  }

  static void launch(MatmulKernels.Product product, SegmentCompiler compiler) {
    long rows = product.batch() * product.m();
    long halfBytes = Math.ceilDiv(rows * product.k() * Short.BYTES, ALIGNMENT) * ALIGNMENT;
    long halves = compiler.workspace(halfBytes + rows * Float.BYTES);
    long scales = halves + halfBytes;
    Program program = Program.matmulTensor(product.w().type().dataType());
    KernelArguments rounding =
        new KernelArguments()
            .tensor(product.x(), product.xRows())
            .number(halves)
            .number(scales)
            .number(product.k());
    compiler.launch(program, "round_tokens", rounding, Geometry.of(THREADS, 0, rows, 1, 1));
    KernelArguments arguments =
        new KernelArguments()
            .number(halves)
            .number(scales)
            .tensor(product.w(), product.wRows())
            .tensor(product.y(), product.yRows())
            .number(product.m())
            .number(product.n())
            .number(product.k());
    compiler.launch(program, "matmul_tensor", arguments, geometry(product));
  }

  static Geometry geometry(MatmulKernels.Product product) {
    return Geometry.of(
        THREADS,
        0,
        Math.ceilDiv(product.n(), TILE),
        Math.ceilDiv(product.m(), TILE),
        product.batch());
  }
}
