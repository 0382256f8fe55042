package org.jgml.opencl;

import java.util.EnumSet;
import java.util.Set;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jocl.cl_mem;

/// Matrix products. Weights are read in the format of the file.
final class MatmulKernels {
  /// Tokens and rows of a tile in local memory: TILE of `matmul_tiled.cl`.
  private static final int TILE = 64;

  /// From so many tokens on a tile is worth it.
  private static final int MANY_TOKENS = 16;

  /// BLOCK_BYTES of `split_tokens.cl`.
  private static final long SPLIT_BLOCK_BYTES = 100;

  /// Types that `matmul_dot.cl` reads as bytes.
  private static final Set<DataType> SMALL_INTEGERS = EnumSet.of(DataType.Q8_0, DataType.Q4_0);

  private MatmulKernels() {}

  /// Matrices of one shape: `m` tokens by `n` rows, each `k` long.
  private record Product(Tensor x, Layout xRows, Tensor w, Layout wRows, Tensor y, Layout yRows) {
    long batch() {
      return yRows.shape().dim(0);
    }

    long m() {
      return yRows.shape().dim(1);
    }

    long n() {
      return yRows.shape().dim(2);
    }

    long k() {
      return xRows.shape().dim(-1);
    }

    KernelArguments arguments() {
      return new KernelArguments()
          .tensor(x, xRows)
          .tensor(w, wRows)
          .tensor(y, yRows)
          .number((int) m())
          .number((int) n())
          .number((int) k());
    }
  }

  static void matmul(Step step, SegmentCompiler compiler) {
    Product product = product(step);
    DataType type = product.w().type().dataType();
    if (compiler.isTiled() && product.m() >= MANY_TOKENS) {
      compiler.launch(
          ProgramSource.of("matmul_tiled").withFormat("FORMAT", type),
          "matmul_tiled",
          product.arguments(),
          new long[] {
            16 * Math.ceilDiv(product.m(), TILE),
            16 * Math.ceilDiv(product.n(), TILE),
            product.batch()
          },
          new long[] {16, 16, 1});
      return;
    }
    if (compiler.tuning().usesDotProducts() && SMALL_INTEGERS.contains(type)) {
      dotProducts(product, compiler);
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
        product.arguments().number(tiles),
        shape.lanes(),
        columns,
        Math.ceilDiv(product.n(), (long) tiles * shape.rows()),
        product.batch());
  }

  private static void dotProducts(Product product, SegmentCompiler compiler) {
    long tokens = product.batch() * product.m();
    long blocks = product.k() / 32;
    cl_mem parts = compiler.scratch(tokens * blocks * SPLIT_BLOCK_BYTES);
    KernelArguments split =
        new KernelArguments().tensor(product.x(), product.xRows()).memory(parts);
    compiler.elementwise(
        ProgramSource.of("split_tokens"),
        "split_tokens",
        split.number((int) blocks),
        blocks,
        tokens);
    int lanes = compiler.tuning().productLanes();
    compiler.launch(
        ProgramSource.of("matmul_dot")
            .withFormat("FORMAT", product.w().type().dataType())
            .with("LANES", lanes),
        "matmul_dot",
        product.arguments().memory(parts),
        lanes,
        product.m(),
        product.n(),
        product.batch());
  }

  /// Leading axes joined to one, which broadcasts; if all share the weights, they count as tokens.
  private static Product product(Step step) {
    Tensor x = step.input(0);
    Tensor w = step.input(1);
    Tensor y = step.output();
    Shape shape = y.type().shape();
    long m = shape.dim(-2);
    long n = shape.dim(-1);
    long k = x.type().shape().dim(-1);
    Shape batch = shape.range(0, shape.rank() - 2);
    boolean isShared = w.type().shape().rank() == 2;
    Layout xRows = x.layout().broadcastTo(batch.append(m, k));
    if (isShared && xRows.reshape(Shape.of(1, batch.elements() * m, k)).isPresent()) {
      long tokens = batch.elements() * m;
      return new Product(
          x,
          xRows.reshape(Shape.of(1, tokens, k)).orElseThrow(),
          w,
          w.layout().reshape(Shape.of(1, n, k)).orElseThrow(),
          y,
          y.layout().reshape(Shape.of(1, tokens, n)).orElseThrow());
    }
    return new Product(
        x,
        xRows,
        w,
        w.layout().broadcastTo(batch.append(n, k)),
        y,
        y.layout().reshape(Shape.of(batch.elements(), m, n)).orElseThrow());
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
