package org.jgml.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.foreign.ProductOperands.Rows;
import org.jgml.core.op.MatMul;
import org.jgml.core.tensor.DataType;

/// Products of one token that follow each other and need nothing of each other, such as those of
/// queries, keys and values, as one launch: each by itself is too little work for a device.
///
/// @param formats what weights can be: `FORMAT` and, if there is another, `OTHER` of
///   `matmul_joined.cu`
record JoinedProducts(List<ProductOperands> products, List<DataType> formats) {
  /// MOST_PRODUCTS of `matmul_joined.cu`.
  static final int MOST = 3;

  /// As many as can be joined of what comes next; empty if that is less than two.
  static Optional<JoinedProducts> of(List<Fusion> next) {
    List<ProductOperands> products = new ArrayList<>();
    for (Fusion fusion : next.subList(0, Math.min(MOST, next.size()))) {
      Optional<ProductOperands> product = product(fusion);
      if (product.isEmpty() || !fits(product.get(), products)) {
        break;
      }
      products.add(product.get());
    }
    return products.size() < 2
        ? Optional.empty()
        : formats(products).map(formats -> new JoinedProducts(products, formats));
  }

  private static Optional<ProductOperands> product(Fusion fusion) {
    return switch (fusion) {
      case Fusion.Single(var step) when step.op() instanceof MatMul ->
          Optional.of(ProductOperands.of(step)).filter(MatmulKernels::isOfOneToken);
      case Fusion.ProductSum sum when MatmulKernels.takes(sum) ->
          ProductOperands.of(sum).filter(MatmulKernels::isOfOneToken);
      default -> Optional.empty();
    };
  }

  private static boolean fits(ProductOperands product, List<ProductOperands> before) {
    return before.stream()
            .allMatch(other -> product.x().equals(other.x()) && areApart(product, other))
        && formats(Stream.concat(before.stream(), Stream.of(product)).toList()).isPresent();
  }

  /// Whether neither writes what the other reads or writes.
  private static boolean areApart(ProductOperands one, ProductOperands other) {
    return operands(one).noneMatch(other.y().tensor()::overlaps)
        && operands(other).noneMatch(one.y().tensor()::overlaps)
        && !one.y().tensor().overlaps(other.y().tensor());
  }

  private static Stream<Tensor> operands(ProductOperands product) {
    Stream<Rows> factors = Stream.of(product.x(), product.w());
    return Stream.concat(factors, Stream.ofNullable(product.addend())).map(Rows::tensor);
  }

  /// What a program has to read for these products.
  private static Optional<List<DataType>> formats(List<ProductOperands> products) {
    List<DataType> types = products.stream().map(MatmulKernels::type).toList();
    return Program.JOINED_FORMATS.stream().filter(each -> each.containsAll(types)).findFirst();
  }

  /// A `matmul_joined_t`.
  void launch(SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments();
    int blocks = 0;
    for (int i = 0; i < MOST; i++) {
      if (i < products.size()) {
        put(products.get(i), blocks, arguments);
        blocks += VectorTiles.blocks(products.get(i).n());
      } else {
        arguments.noTensor().noTensor().noTensor().number(0L).number(0L).numbers(0, 0);
      }
    }
    ProductOperands first = products.getFirst();
    arguments.rows(first.x()).number(first.k()).number(products.size());
    compiler.launch(
        Program.matmulJoined(formats), "matmul_joined", arguments, VectorTiles.joined(blocks));
  }

  private void put(ProductOperands product, int firstBlock, KernelArguments arguments) {
    arguments.rows(product.w()).rows(product.y()).rowsIfThere(product.addend());
    DataType type = MatmulKernels.type(product);
    arguments
        .number(product.n())
        .number(MatmulKernels.rowBytes(product))
        .number(firstBlock)
        .flag(formats.indexOf(type) == 1);
  }
}
