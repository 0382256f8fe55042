package org.jgml.cuda;

import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.tensor.DataType;

/// Products of many tokens on tensor cores: tokens become halves in memory once for all products in
/// a row that read them, weights once for all tiles, and sums stay F32. F16 weights are used where
/// they lie; [TensorCores] says which products.
final class TensorProducts {
  // TILE_TOKENS, TILE_ROWS and THREADS of `matmul_halves.cuh`, also of `to_halves.cu`.
  static final int TILE_TOKENS = 128;
  static final int TILE_ROWS = 256;
  static final int THREADS = 256;

  /// PIECE of `to_halves.cu`.
  static final int PIECE = 16;

  /// Bytes of weights as halves at a time; larger matrices are multiplied in parts.
  private static final long MOST_WEIGHT_BYTES = 128L << 20;

  private static final int ALIGNMENT = 256;

  private TensorProducts() {}

  /// A kernel: STEP and STAGES of its file, and bytes to align its shared memory with.
  record Variant(Program program, int step, int stages, int alignment) {
    static final Variant MMA = new Variant(Program.MATMUL_MMA, 32, 4, 0);
    static final Variant WGMMA = new Variant(Program.MATMUL_WGMMA, 64, 4, 1024);

    static Variant of(SegmentCompiler compiler) {
      boolean hasGroups = WGMMA.program.best(compiler.profile().number()).isPresent();
      return hasGroups && compiler.options().products() == Products.TENSOR ? WGMMA : MMA;
    }

    int sharedBytes() {
      return stages * step * (TILE_TOKENS + TILE_ROWS) * Short.BYTES + alignment;
    }
  }

  static void launch(ProductOperands product, SegmentCompiler compiler) {
    Plan plan = Plan.of(product);
    Addresses at =
        plan.addresses(
            compiler.tokens(plan.tokenBytes() + plan.tokenScaleBytes()),
            compiler.workspace(plan.weightBytes() + plan.weightScaleBytes()));
    if (!compiler.roundedTokens().hold(product.x())) {
      tokens(product, at, compiler);
    }
    for (long first = 0; first < product.n(); first += plan.rows()) {
      long count = Math.min(plan.rows(), product.n() - first);
      if (!plan.inPlace()) {
        weights(product, first, count, at, compiler);
      }
      multiply(product, first, count, at, compiler);
    }
  }

  private static void tokens(ProductOperands product, Addresses at, SegmentCompiler compiler) {
    long tokens = product.tokens();
    KernelArguments arguments =
        new KernelArguments()
            .rows(product.x())
            .number(at.tokens())
            .number(at.tokenScales())
            .number(tokens)
            .number(0L)
            .number(tokens)
            .number(product.k());
    toHalves(DataType.F32, arguments, tokens, compiler);
  }

  /// Some rows of the weights of each batch.
  private static void weights(
      ProductOperands product, long first, long count, Addresses at, SegmentCompiler compiler) {
    KernelArguments arguments =
        new KernelArguments()
            .rows(product.w())
            .number(at.weights())
            .number(at.weightScales())
            .number(product.n())
            .number(first)
            .number(count)
            .number(product.k());
    toHalves(MatmulKernels.type(product), arguments, product.batch() * count, compiler);
  }

  private static void toHalves(
      DataType type, KernelArguments arguments, long rows, SegmentCompiler compiler) {
    Geometry geometry = Geometry.of(THREADS, 0, rows, 1, 1);
    compiler.launch(Program.toHalves(type), "to_halves", arguments, geometry);
  }

  private static void multiply(
      ProductOperands product, long first, long count, Addresses at, SegmentCompiler compiler) {
    KernelArguments arguments =
        new KernelArguments()
            .number(at.tokens())
            .number(at.tokenScales())
            .number(at.weights())
            .number(at.weightScales())
            .rows(product.y())
            .rowsIfThere(product.addend())
            .number(product.m())
            .number(count)
            .number(first)
            .number(product.k());
    Variant variant = Variant.of(compiler);
    Geometry geometry =
        Geometry.of(
            THREADS,
            variant.sharedBytes(),
            Math.ceilDiv(product.m(), TILE_TOKENS),
            Math.ceilDiv(count, TILE_ROWS),
            product.batch());
    compiler.launch(variant.program(), variant.program().file(), arguments, geometry);
  }

  /// Where operands of the matrix instruction lie; scales of weights are 0 where there are none.
  private record Addresses(long tokens, long tokenScales, long weights, long weightScales) {}

  /// What lies in memory of the executable's own.
  ///
  /// @param rows rows of weights of each batch that become halves at a time
  /// @param inPlace whether weights are halves already
  record Plan(ProductOperands product, long rows, boolean inPlace) {
    static Plan of(ProductOperands product) {
      long bytes = product.k() * Short.BYTES;
      DataType type = MatmulKernels.type(product);
      boolean inPlace = type == DataType.F16 && KernelArguments.isDense(product.w(), PIECE);
      long most = MOST_WEIGHT_BYTES / (product.batch() * bytes) / TILE_ROWS * TILE_ROWS;
      long rows = inPlace ? product.n() : Math.min(product.n(), Math.max(TILE_ROWS, most));
      return new Plan(product, rows, inPlace);
    }

    private long tokenBytes() {
      return aligned(product.tokens() * product.k() * Short.BYTES);
    }

    private long tokenScaleBytes() {
      return aligned(product.tokens() * Float.BYTES);
    }

    private long weightBytes() {
      return inPlace ? 0 : aligned(product.batch() * rows * product.k() * Short.BYTES);
    }

    private long weightScaleBytes() {
      return inPlace ? 0 : aligned(product.batch() * rows * Float.BYTES);
    }

    /// @param tokens where tokens lie
    /// @param weights where weights do
    private Addresses addresses(long tokens, long weights) {
      return new Addresses(
          tokens,
          tokens + tokenBytes(),
          inPlace ? KernelArguments.address(product.w().tensor()) : weights,
          inPlace ? 0 : weights + weightBytes());
    }

    private static long aligned(long bytes) {
      return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
  }
}
