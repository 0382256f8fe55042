package org.jgml.cuda;

import java.util.Optional;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Glu;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Matrix products. Weights are read in the format of the file.
final class MatmulKernels {
  private static final Program TILED = Program.of("matmul_tiled");

  /// Tokens and rows of a tile in shared memory: TILE of `matmul_tiled.cu`.
  static final int TILE = 64;

  private static final int TILE_THREADS = 256;

  /// Up to so many tokens, weights are unpacked in registers, again for each group of tokens.
  private static final int FEW_TOKENS = 32;

  private static final int MOST_OF_GROUP = 8;

  /// Bytes at multiples of which rows of tokens begin where they are read in vectors.
  private static final int VECTOR = 16;

  private MatmulKernels() {}

  /// A tensor, its leading axes joined to one.
  record Rows(Tensor tensor, Layout layout) {}

  /// Matrices of one shape: `m` tokens by `n` rows, each `k` long.
  ///
  /// @param addend what the product is added to; null if nothing
  record Product(
      Tensor x, Layout xRows, Tensor w, Layout wRows, Tensor y, Layout yRows, Rows addend) {
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

    /// Whether weights are unpacked in registers.
    boolean isVector() {
      return m() <= FEW_TOKENS && isAligned();
    }

    /// The same on top of other values, in another place; empty if a kernel cannot find them.
    Optional<Product> added(Tensor values, Tensor sum) {
      Layout wide = values.layout().broadcastTo(sum.type().shape());
      boolean isDense = n() == 1 || wide.stride(-1) == 1;
      return wide.reshape(yRows.shape())
          .filter(_ -> isDense)
          .map(rows -> new Rows(values, rows))
          .map(rows -> new Product(x, xRows, w, wRows, sum, yRows(sum, yRows.shape()), rows));
    }

    private static Layout yRows(Tensor y, Shape shape) {
      return y.layout().reshape(shape).orElseThrow();
    }

    KernelArguments arguments() {
      KernelArguments matrices =
          new KernelArguments().tensor(x, xRows).tensor(w, wRows).tensor(y, yRows);
      return (addend == null
              ? matrices.noTensor()
              : matrices.tensor(addend.tensor(), addend.layout()))
          .number(m())
          .number(n())
          .number(k())
          .type(w.type().dataType());
    }
  }

  static void matmul(Step step, SegmentCompiler compiler) {
    launch(product(step), compiler);
  }

  private static void launch(Product product, SegmentCompiler compiler) {
    if (product.isVector()) {
      vector(product, compiler);
    } else if (TensorProducts.take(product, compiler)) {
      TensorProducts.launch(product, compiler);
    } else {
      tiled(product, compiler);
    }
  }

  private static void vector(Product product, SegmentCompiler compiler) {
    int tokens = product.m() == 1 ? 1 : product.m() <= 4 ? 4 : MOST_OF_GROUP;
    Program program = Program.matmulVector(product.w().type().dataType());
    compiler.launch(
        program,
        "matmul_vector_" + tokens,
        product.arguments(),
        VectorTiles.geometry(product.n(), Math.ceilDiv(product.m(), tokens), product.batch()));
  }

  static boolean take(Fusion.ProductSum fusion, SegmentCompiler compiler) {
    return product(fusion)
        .filter(product -> product.isVector() || !TensorProducts.take(product, compiler))
        .isPresent();
  }

  static void productSum(Fusion.ProductSum fusion, SegmentCompiler compiler) {
    launch(product(fusion).orElseThrow(), compiler);
  }

  private static Optional<Product> product(Fusion.ProductSum fusion) {
    return product(fusion.product()).added(fusion.addend(), fusion.sum().output());
  }

  /// Products of one token with two matrices of one type.
  static boolean take(Fusion.GatedProducts fusion) {
    Product gate = product(fusion.gate());
    Product up = product(fusion.up());
    return gate.isVector() && gate.batch() * gate.m() == 1 && gate.w().type().equals(up.w().type());
  }

  static void gatedProducts(Fusion.GatedProducts fusion, SegmentCompiler compiler) {
    Product gate = product(fusion.gate());
    Product up = product(fusion.up());
    Glu unit = (Glu) fusion.unit().op();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(gate.x(), gate.xRows())
            .tensor(gate.w(), gate.wRows())
            .tensor(up.w(), up.wRows())
            .tensor(fusion.unit().output())
            .number(gate.n())
            .number(gate.k())
            .number(unit.kind().activation().ordinal());
    compiler.launch(
        Program.matmulVector(gate.w().type().dataType()),
        "matmul_gated",
        arguments,
        VectorTiles.gated(gate.n()));
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
          y.layout().reshape(Shape.of(1, tokens, n)).orElseThrow(),
          null);
    }
    return new Product(
        x,
        xRows,
        w,
        w.layout().broadcastTo(batch.append(n, k)),
        y,
        y.layout().reshape(Shape.of(batch.elements(), m, n)).orElseThrow(),
        null);
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
