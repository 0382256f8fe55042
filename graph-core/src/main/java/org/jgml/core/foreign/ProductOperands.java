package org.jgml.core.foreign;

import java.util.Optional;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// The operands of a product of matrices, each as `[batch, rows, columns]`: [#m] tokens by [#n]
/// rows of weights, each [#k] long. Where all batches share the weights, their tokens are one
/// batch.
///
/// @param addend what the product is added to, in the shape of the result, with dense rows; null if
///   nothing is
public record ProductOperands(Rows x, Rows w, Rows y, Rows addend) {
  /// A tensor in another layout.
  public record Rows(Tensor tensor, Layout layout) {
    private static Rows of(Tensor tensor, Shape shape) {
      return new Rows(tensor, tensor.layout().reshape(shape).orElseThrow());
    }
  }

  /// The operands of a `matmul`.
  public static ProductOperands of(Step step) {
    Tensor x = step.input(0);
    Tensor w = step.input(1);
    Tensor y = step.output();
    Shape shape = y.type().shape();
    long m = shape.dim(-2);
    long n = shape.dim(-1);
    long k = x.type().shape().dim(-1);
    Shape batch = shape.range(0, shape.rank() - 2);
    long tokens = batch.elements() * m;
    Layout xRows = x.layout().broadcastTo(batch.append(m, k));
    Optional<Layout> joined =
        w.type().shape().rank() == 2 ? xRows.reshape(Shape.of(1, tokens, k)) : Optional.empty();
    if (joined.isPresent()) {
      return new ProductOperands(
          new Rows(x, joined.get()),
          Rows.of(w, Shape.of(1, n, k)),
          Rows.of(y, Shape.of(1, tokens, n)),
          null);
    }
    return new ProductOperands(
        new Rows(x, xRows),
        new Rows(w, w.layout().broadcastTo(batch.append(n, k))),
        Rows.of(y, Shape.of(batch.elements(), m, n)),
        null);
  }

  /// Those of a product with a sum; empty if one stride does not lead from each row of the addend
  /// to the next, or its rows are not dense.
  public static Optional<ProductOperands> of(Fusion.ProductSum fusion) {
    ProductOperands product = of(fusion.product());
    Tensor sum = fusion.sum().output();
    Shape shape = product.y.layout().shape();
    return fusion
        .addend()
        .layout()
        .broadcastTo(sum.type().shape())
        .reshape(shape)
        .filter(Layout::hasDenseRows)
        .map(rows -> new Rows(fusion.addend(), rows))
        .map(rows -> new ProductOperands(product.x, product.w, Rows.of(sum, shape), rows));
  }

  public long batch() {
    return y.layout().shape().dim(0);
  }

  public long m() {
    return y.layout().shape().dim(1);
  }

  public long n() {
    return y.layout().shape().dim(2);
  }

  public long k() {
    return x.layout().shape().dim(-1);
  }

  /// Tokens of all batches.
  public long tokens() {
    return batch() * m();
  }
}
