package org.jgml.cuda;

import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.op.Glu;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Matrix products. Weights are read in the format of the file.
final class MatmulKernels {
  private static final Program TILED = Program.of("matmul_tiled");

  /// Tokens and rows of a tile in shared memory: TILE of `matmul_tiled.cu`.
  static final int TILE = 64;

  private static final int TILE_THREADS = 256;

  /// Up to so many tokens, weights are unpacked in registers, again for each group of tokens.
  static final int FEW_TOKENS = 32;

  private static final int MOST_OF_GROUP = 8;

  /// Bytes at multiples of which rows of tokens begin where they are read in vectors.
  private static final int VECTOR = 16;

  private MatmulKernels() {}

  private static KernelArguments arguments(ProductOperands product) {
    return new KernelArguments()
        .rows(product.x())
        .rows(product.w())
        .rows(product.y())
        .rowsIfThere(product.addend())
        .number(product.m())
        .number(product.n())
        .number(product.k())
        .number(rowBytes(product))
        .type(type(product));
  }

  /// Of a row of weights.
  static long rowBytes(ProductOperands product) {
    return type(product).bytes(product.k());
  }

  /// The type of the weights.
  static DataType type(ProductOperands product) {
    return product.w().tensor().type().dataType();
  }

  /// Whether weights are unpacked in registers.
  private static boolean isVector(ProductOperands product) {
    ProductOperands.Rows x = product.x();
    return product.m() <= FEW_TOKENS && KernelArguments.isAligned(x.tensor(), x.layout(), VECTOR);
  }

  /// Whether one token is multiplied by weights that are unpacked in registers.
  static boolean isOfOneToken(ProductOperands product) {
    return product.tokens() == 1 && product.n() > 0 && isVector(product);
  }

  static void matmul(Step step, SegmentCompiler compiler) {
    launch(step, ProductOperands.of(step), compiler);
  }

  /// @param step the product, which says how it is made
  private static void launch(Step step, ProductOperands product, SegmentCompiler compiler) {
    if (compiler.tensorCores().multiply(step.node())) {
      TensorProducts.launch(product, TensorCores.products(step.node()), compiler);
    } else if (isVector(product)) {
      vector(product, compiler);
    } else {
      tiled(product, compiler);
    }
  }

  private static void vector(ProductOperands product, SegmentCompiler compiler) {
    int tokens = product.m() == 1 ? 1 : product.m() <= 4 ? 4 : MOST_OF_GROUP;
    Program program = Program.matmulVector(type(product));
    compiler.launch(
        program,
        "matmul_vector_" + tokens,
        arguments(product),
        VectorTiles.geometry(product.n(), Math.ceilDiv(product.m(), tokens), product.batch()));
  }

  static boolean takes(Fusion.ProductSum fusion) {
    return ProductOperands.of(fusion).isPresent();
  }

  static void productSum(Fusion.ProductSum fusion, SegmentCompiler compiler) {
    launch(fusion.product(), ProductOperands.of(fusion).orElseThrow(), compiler);
  }

  /// Products of one token with two matrices of one type.
  static boolean takes(Fusion.GatedProducts fusion) {
    ProductOperands gate = ProductOperands.of(fusion.gate());
    ProductOperands up = ProductOperands.of(fusion.up());
    return isOfOneToken(gate) && type(gate) == type(up);
  }

  static void gatedProducts(Fusion.GatedProducts fusion, SegmentCompiler compiler) {
    ProductOperands gate = ProductOperands.of(fusion.gate());
    ProductOperands up = ProductOperands.of(fusion.up());
    Glu unit = (Glu) fusion.unit().op();
    KernelArguments arguments =
        new KernelArguments()
            .rows(gate.x())
            .rows(gate.w())
            .rows(up.w())
            .tensor(fusion.unit().output())
            .number(gate.n())
            .number(gate.k())
            .number(rowBytes(gate))
            .number(unit.kind().activation().ordinal());
    compiler.launch(
        Program.matmulVector(type(gate)), "matmul_gated", arguments, VectorTiles.gated(gate.n()));
  }

  private static void tiled(ProductOperands product, SegmentCompiler compiler) {
    Geometry geometry =
        Geometry.of(
            TILE_THREADS,
            0,
            Math.ceilDiv(product.n(), TILE),
            Math.ceilDiv(product.m(), TILE),
            product.batch());
    compiler.launch(TILED, "matmul_tiled", arguments(product), geometry);
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
            .number(compiler.faultNumber(step));
    boolean isAligned = KernelArguments.isAligned(x, x.layout(), VECTOR);
    compiler.launch(
        Program.matmulVector(type),
        isAligned ? "matmul_id" : "matmul_id_any",
        arguments,
        VectorTiles.geometry(n, choices.elements(), 1));
  }
}
