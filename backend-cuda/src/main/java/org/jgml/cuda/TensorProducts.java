package org.jgml.cuda;

import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.tensor.DataType;

/// Products of many tokens on tensor cores: tokens become halves in memory once for all products in
/// a row that read them, weights once for all tiles, and sums stay F32. F16 weights are used where
/// they lie; [TensorCores] says which products, and of how many products of halves each is the sum.
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

  /// @param products how many products of halves are summed
  static void launch(ProductOperands product, int products, SegmentCompiler compiler) {
    Plan plan = Plan.of(product, products);
    Addresses at =
        plan.addresses(compiler.tokens(plan.tokenBytes()), compiler.workspace(plan.weightBytes()));
    if (!compiler.roundedTokens().hold(product.x())) {
      tokens(plan, at, compiler);
    }
    for (long first = 0; first < product.n(); first += plan.rows()) {
      long count = Math.min(plan.rows(), product.n() - first);
      if (!plan.inPlace()) {
        weights(plan, first, count, at, compiler);
      }
      multiply(plan, first, count, at, compiler);
    }
  }

  private static void tokens(Plan plan, Addresses at, SegmentCompiler compiler) {
    ProductOperands product = plan.product();
    long tokens = product.tokens();
    KernelArguments arguments =
        new KernelArguments()
            .rows(product.x())
            .number(at.tokens())
            .number(at.tokenScales())
            .number(tokens)
            .number(0L)
            .number(tokens)
            .number(product.k())
            .number(plan.lowerTokens());
    toHalves(DataType.F32, arguments, tokens, compiler);
  }

  /// Some rows of the weights of each batch.
  private static void weights(
      Plan plan, long first, long count, Addresses at, SegmentCompiler compiler) {
    ProductOperands product = plan.product();
    KernelArguments arguments =
        new KernelArguments()
            .rows(product.w())
            .number(at.weights())
            .number(at.weightScales())
            .number(product.n())
            .number(first)
            .number(count)
            .number(product.k())
            .number(plan.lowerWeights());
    toHalves(MatmulKernels.type(product), arguments, product.batch() * count, compiler);
  }

  private static void toHalves(
      DataType type, KernelArguments arguments, long rows, SegmentCompiler compiler) {
    Geometry geometry = Geometry.of(THREADS, 0, rows, 1, 1);
    compiler.launch(Program.toHalves(type), "to_halves", arguments, geometry);
  }

  private static void multiply(
      Plan plan, long first, long count, Addresses at, SegmentCompiler compiler) {
    ProductOperands product = plan.product();
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
            .number(product.k())
            .number((long) plan.products())
            .number(plan.lowerTokens())
            .number(plan.lowerWeights());
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

  /// What lies in memory of the executable's own: halves, those below them if an element is two,
  /// scales.
  ///
  /// @param products how many products of halves are summed
  /// @param rows rows of weights of each batch that become halves at a time
  /// @param inPlace whether weights are halves already
  record Plan(ProductOperands product, int products, long rows, boolean inPlace) {
    private static final int WITH_LOWER_TOKENS = 2;
    private static final int WITH_LOWER_WEIGHTS = 3;

    static Plan of(ProductOperands product, int products) {
      int halves = products < WITH_LOWER_WEIGHTS ? 1 : 2;
      long bytes = product.k() * halves * Short.BYTES;
      DataType type = MatmulKernels.type(product);
      boolean inPlace = type == DataType.F16 && KernelArguments.isDense(product.w(), PIECE);
      long most = MOST_WEIGHT_BYTES / (product.batch() * bytes) / TILE_ROWS * TILE_ROWS;
      long rows = inPlace ? product.n() : Math.min(product.n(), Math.max(TILE_ROWS, most));
      return new Plan(product, products, rows, inPlace);
    }

    private long tokens() {
      return product.tokens() * product.k();
    }

    private long weights() {
      return product.batch() * rows * product.k();
    }

    /// Halves from an upper one of tokens to its lower one; 0 if there is none.
    private long lowerTokens() {
      return products < WITH_LOWER_TOKENS ? 0 : aligned(tokens() * Short.BYTES) / Short.BYTES;
    }

    /// The same of weights.
    private long lowerWeights() {
      return products < WITH_LOWER_WEIGHTS ? 0 : aligned(weights() * Short.BYTES) / Short.BYTES;
    }

    private long tokenHalfBytes() {
      return aligned((lowerTokens() + tokens()) * Short.BYTES);
    }

    private long tokenBytes() {
      return tokenHalfBytes() + product.tokens() * Float.BYTES;
    }

    private long weightHalfBytes() {
      return aligned((lowerWeights() + weights()) * Short.BYTES);
    }

    private long weightBytes() {
      return inPlace ? 0 : weightHalfBytes() + product.batch() * rows * Float.BYTES;
    }

    /// @param tokens where tokens lie
    /// @param weights where weights do
    private Addresses addresses(long tokens, long weights) {
      return new Addresses(
          tokens,
          tokens + tokenHalfBytes(),
          inPlace ? KernelArguments.address(product.w().tensor()) : weights,
          inPlace ? 0 : weights + weightHalfBytes());
    }

    private static long aligned(long bytes) {
      return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
  }
}
