package org.jgml.opencl;

import java.util.EnumSet;
import java.util.Set;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.op.Glu;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jocl.cl_mem;

/// Matrix products. Weights are read in the format of the file.
final class MatmulKernels {
  /// Tokens and rows of a tile in local memory: TILE of `matmul_tiled.cl`.
  private static final int TILE = 64;

  /// From so many tokens on a tile is worth it.
  private static final int MANY_TOKENS = 16;

  /// Rows of weights that a work-item keeps for many tokens, dequantised.
  private static final int KEPT_ROWS = 4;

  /// Tokens that it multiplies them with at once.
  private static final int TOKENS = 3;

  /// Elements of tokens that stay in the cache while rows of weights go by.
  private static final long TILE_ELEMENTS = 1 << 17;

  /// BLOCK_BYTES of `split_tokens.cl`.
  private static final long SPLIT_BLOCK_BYTES = 100;

  /// Types that `matmul_dot.cl` reads as bytes.
  private static final Set<DataType> SMALL_INTEGERS = EnumSet.of(DataType.Q8_0, DataType.Q4_0);

  private MatmulKernels() {}

  private static KernelArguments matrices(ProductOperands product) {
    return new KernelArguments().rows(product.x()).rows(product.w()).rows(product.y());
  }

  private static KernelArguments arguments(ProductOperands product) {
    return matrices(product)
        .number((int) product.m())
        .number((int) product.n())
        .number((int) product.k());
  }

  /// The type of the weights.
  private static DataType type(ProductOperands product) {
    return product.w().tensor().type().dataType();
  }

  static void matmul(Step step, SegmentCompiler compiler) {
    ProductOperands product = ProductOperands.of(step);
    if (isTiled(product, compiler)) {
      tiled(product, compiler);
    } else if (usesDotProducts(product, compiler)) {
      dotProducts(product, compiler);
    } else {
      rows(product, compiler);
    }
  }

  private static boolean isTiled(ProductOperands product, SegmentCompiler compiler) {
    return compiler.isTiled() && product.m() >= MANY_TOKENS;
  }

  private static boolean usesDotProducts(ProductOperands product, SegmentCompiler compiler) {
    return compiler.tuning().usesDotProducts() && SMALL_INTEGERS.contains(type(product));
  }

  /// Whether `matmul.cl` makes a product, whose sums stay in registers until they are written.
  private static boolean isOfRows(ProductOperands product, SegmentCompiler compiler) {
    return !isTiled(product, compiler) && !usesDotProducts(product, compiler);
  }

  static boolean takes(Fusion.ProductSum fusion, SegmentCompiler compiler) {
    return ProductOperands.of(fusion).filter(product -> isOfRows(product, compiler)).isPresent();
  }

  static void productSum(Fusion.ProductSum fusion, SegmentCompiler compiler) {
    rows(ProductOperands.of(fusion).orElseThrow(), compiler);
  }

  /// Products of one token with two matrices of one type.
  static boolean takes(Fusion.GatedProducts fusion, SegmentCompiler compiler) {
    ProductOperands gate = ProductOperands.of(fusion.gate());
    ProductOperands up = ProductOperands.of(fusion.up());
    return gate.tokens() == 1 && type(gate) == type(up) && isOfRows(gate, compiler);
  }

  static void gatedProducts(Fusion.GatedProducts fusion, SegmentCompiler compiler) {
    ProductOperands gate = ProductOperands.of(fusion.gate());
    ProductOperands up = ProductOperands.of(fusion.up());
    ProductShape shape = ProductShape.of(type(gate), 1, compiler.tuning());
    int tiles = shape.tiles(gate.n(), 1, compiler.computeUnits());
    KernelArguments arguments =
        new KernelArguments()
            .rows(gate.x())
            .rows(gate.w())
            .rows(up.w())
            .tensor(fusion.unit().output())
            .number((int) gate.n())
            .number((int) gate.k())
            .number(tiles)
            .number(ElementwiseKernels.number((Glu) fusion.unit().op()));
    compiler.launch(
        shape
            .define(ElementwiseKernels.activations("products", "matmul_gated"))
            .withFormat("FORMAT", type(gate)),
        "matmul_gated",
        arguments,
        shape.lanes(),
        Math.ceilDiv(gate.n(), (long) tiles * shape.rows()));
  }

  private static void tiled(ProductOperands product, SegmentCompiler compiler) {
    compiler.launch(
        ProgramSource.of("matmul_tiled").withFormat("FORMAT", type(product)),
        "matmul_tiled",
        arguments(product),
        new long[] {
          16 * Math.ceilDiv(product.m(), TILE),
          16 * Math.ceilDiv(product.n(), TILE),
          product.batch()
        },
        new long[] {16, 16, 1});
  }

  private static void rows(ProductOperands product, SegmentCompiler compiler) {
    DataType type = type(product);
    KernelArguments arguments = matrices(product);
    if (product.addend() == null) {
      arguments.noTensor();
    } else {
      arguments.rows(product.addend());
    }
    if (isOfMany(product, compiler)) {
      many(product, arguments, compiler);
      return;
    }
    ProductShape shape = ProductShape.of(type, product.m(), compiler.tuning());
    ProgramSource source =
        shape.define(ProgramSource.of("products", "matmul")).withFormat("FORMAT", type);
    long columns = Math.ceilDiv(product.m(), shape.tokens());
    int tiles = shape.tiles(product.n(), columns * product.batch(), compiler.computeUnits());
    compiler.launch(
        source,
        "matmul",
        arguments
            .number((int) product.m())
            .number((int) product.n())
            .number((int) product.k())
            .number(tiles),
        shape.lanes(),
        columns,
        Math.ceilDiv(product.n(), (long) tiles * shape.rows()),
        product.batch());
  }

  /// Whether rows of weights are dequantised once for many tokens, by a processor.
  private static boolean isOfMany(ProductOperands product, SegmentCompiler compiler) {
    return compiler.tuning().productLanes() == 1
        && product.m() >= MANY_TOKENS
        && keptBytes(product) <= compiler.localBytes();
  }

  /// Bytes of the rows of weights that a work-item of `matmul_many.cl` keeps.
  private static long keptBytes(ProductOperands product) {
    return Math.ceilDiv(product.k(), 16L) * 16 * KEPT_ROWS * Float.BYTES;
  }

  private static void many(
      ProductOperands product, KernelArguments arguments, SegmentCompiler compiler) {
    int tile = (int) Math.max(TOKENS, TILE_ELEMENTS / product.k() / TOKENS * TOKENS);
    compiler.launch(
        ProgramSource.of("matmul_many")
            .withFormat("FORMAT", type(product))
            .with("ROWS", KEPT_ROWS)
            .with("TOKENS", TOKENS),
        "matmul_many",
        arguments
            .number((int) product.m())
            .number((int) product.n())
            .number((int) product.k())
            .number(tile)
            .local(keptBytes(product)),
        1,
        Math.ceilDiv(product.n(), KEPT_ROWS),
        Math.ceilDiv(product.m(), (long) tile),
        product.batch());
  }

  private static void dotProducts(ProductOperands product, SegmentCompiler compiler) {
    long tokens = product.tokens();
    long blocks = product.k() / 32;
    cl_mem parts = compiler.scratch(tokens * blocks * SPLIT_BLOCK_BYTES);
    KernelArguments split = new KernelArguments().rows(product.x()).memory(parts);
    compiler.elementwise(
        ProgramSource.of("split_tokens"),
        "split_tokens",
        split.number((int) blocks),
        blocks,
        tokens);
    int lanes = compiler.tuning().productLanes();
    compiler.launch(
        ProgramSource.of("matmul_dot").withFormat("FORMAT", type(product)).with("LANES", lanes),
        "matmul_dot",
        arguments(product).memory(parts),
        lanes,
        product.m(),
        product.n(),
        product.batch());
  }

  static void matmulId(Step step, SegmentCompiler compiler) {
    Tensor x = step.input(0);
    Tensor w = step.input(1);
    Tensor ids = step.input(2);
    Shape choices = ids.type().shape();
    long n = w.type().shape().dim(1);
    long used = choices.dim(1);
    DataType type = w.type().dataType();
    ProductShape shape = ProductShape.of(type, 1, compiler.tuning());
    int tiles = shape.tiles(n, choices.elements(), compiler.computeUnits());
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(w)
            .tensor(ids)
            .tensor(step.output())
            .number((int) n)
            .number((int) w.type().shape().dim(2))
            .number(tiles)
            .number((int) used)
            .number((int) (used / x.type().shape().dim(1)))
            .number(w.type().shape().dim(0));
    compiler.fault(arguments);
    compiler.launch(
        shape.define(ProgramSource.of("products", "matmul_id")).withFormat("FORMAT", type),
        "matmul_id",
        arguments,
        shape.lanes(),
        choices.elements(),
        Math.ceilDiv(n, (long) tiles * shape.rows()));
  }
}
