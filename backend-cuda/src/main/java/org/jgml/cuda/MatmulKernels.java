package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Matrix products. Weights are read in the format of the file.
final class MatmulKernels {
  private static final Program TILED = Program.of("matmul_tiled");

  /// Tokens and rows of a tile in shared memory: TILE of `matmul_tiled.cu`.
  static final int TILE = 64;

  private static final int TILE_THREADS = 256;

  /// Up to so many tokens, weights are unpacked in registers.
  private static final int FEW_TOKENS = 8;

  /// Bytes at multiples of which rows of tokens begin where they are read in vectors.
  private static final int VECTOR = 16;

  private MatmulKernels() {}

  /// Matrices of one shape: `m` tokens by `n` rows, each `k` long.
  record Product(Tensor x, Layout xRows, Tensor w, Layout wRows, Tensor y, Layout yRows) {
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

    boolean isAligned() {
      return RowLayout.of(x, xRows).isAligned(VECTOR);
    }

    KernelArguments arguments() {
      return new KernelArguments()
          .tensor(x, xRows)
          .tensor(w, wRows)
          .tensor(y, yRows)
          .number(m())
          .number(n())
          .number(k())
          .type(w.type().dataType());
    }
  }

  static void matmul(Step step, SegmentCompiler compiler) {
    Product product = product(step);
    if (product.m() <= FEW_TOKENS && product.isAligned()) {
      vector(product, compiler);
    } else if (TensorProducts.take(product, compiler)) {
      TensorProducts.launch(product, compiler);
    } else {
      tiled(product, compiler);
    }
  }

  private static void vector(Product product, SegmentCompiler compiler) {
    int tokens = product.m() == 1 ? 1 : product.m() <= 4 ? 4 : FEW_TOKENS;
    Program program = Program.matmulVector(product.w().type().dataType());
    compiler.launch(
        program,
        "matmul_vector_" + tokens,
        product.arguments(),
        VectorTiles.geometry(product.n(), Math.ceilDiv(product.m(), tokens), product.batch()));
  }

  private static void tiled(Product product, SegmentCompiler compiler) {
    Geometry geometry =
        Geometry.of(
            TILE_THREADS,
            0,
            Math.ceilDiv(product.n(), TILE),
            Math.ceilDiv(product.m(), TILE),
            product.batch());
    compiler.launch(TILED, "matmul_tiled", product.arguments(), geometry);
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
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(w)
            .tensor(ids)
            .tensor(step.output())
            .number(n)
            .number(w.type().shape().dim(2))
            .number(used)
            .number(used / x.type().shape().dim(1))
            .number(w.type().shape().dim(0))
            .number(compiler.faultAddress())
            .number(compiler.faultNumber());
    boolean isAligned = RowLayout.of(x, x.layout()).isAligned(VECTOR);
    compiler.launch(
        Program.matmulVector(type),
        isAligned ? "matmul_id" : "matmul_id_any",
        arguments,
        VectorTiles.geometry(n, choices.elements(), 1));
  }
}
