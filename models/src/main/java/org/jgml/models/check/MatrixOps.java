package org.jgml.models.check;

import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Matrix products.
final class MatrixOps {
  private MatrixOps() {}

  static Map<String, Translation> translations() {
    return Map.of(
        "mul_mat", g -> product(g, g.input(1), g.input(0)),
        "out_prod", MatrixOps::outerProduct,
        "mul_mat_id", MatrixOps::chosenProduct);
  }

  /// Rows of `x` times rows of `weights`; consecutive matrices of `x` share one of `weights`.
  private static Node product(CaseGraph g, Node x, Node weights) {
    Node activations = g.builder().cast(x, DataType.F32);
    Shape left = activations.type().shape();
    Shape right = weights.type().shape();
    if (left.range(0, 2).equals(right.range(0, 2))) {
      return g.builder().matmul(activations, weights);
    }
    Node grouped =
        g.builder()
            .reshape(
                activations,
                right.dim(0),
                left.dim(0) / right.dim(0),
                right.dim(1),
                left.dim(1) / right.dim(1),
                left.dim(2),
                left.dim(3));
    Node shared =
        g.builder().reshape(weights, right.dim(0), 1, right.dim(1), 1, right.dim(2), right.dim(3));
    Node product = g.builder().matmul(grouped, shared);
    return g.builder().reshape(product, g.outputShape().dims());
  }

  /// Both operands hold vectors as rows; the sum runs over the rows.
  private static Node outerProduct(CaseGraph g) {
    Node x = g.builder().permute(g.input(1), 0, 1, 3, 2);
    Node weights = g.builder().permute(g.input(0), 0, 1, 3, 2);
    return product(g, x, weights);
  }

  private static Node chosenProduct(CaseGraph g) {
    return g.builder().matmulId(g.input(1, 3), g.input(0, 3), g.input(2, 2));
  }
}
