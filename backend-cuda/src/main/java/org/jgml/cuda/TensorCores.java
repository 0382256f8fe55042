package org.jgml.cuda;

import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.MatMul;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Which nodes are made on tensor cores, of factors that are halves. It depends on op and types
/// only, so that nothing else changes a result.
///
/// @param areUsed whether there are any, and results of halves are wanted
record TensorCores(boolean areUsed) {
  static TensorCores of(DeviceProfile profile, CudaOptions options) {
    return new TensorCores(profile.hasTensorCores() && options.products() != Products.EXACT);
  }

  boolean make(Node node) {
    return switch (node.op()) {
      case MatMul _ -> multiply(node);
      case Attention _, AttentionPartial _ ->
          attend(Math.max(shape(node, 0).rowLength(), shape(node, 2).rowLength()));
      default -> false;
    };
  }

  /// F32 weights are not rounded; few tokens are not worth it.
  private boolean multiply(Node node) {
    DataType weights = node.input(1).type().dataType();
    boolean isShared = shape(node, 1).rank() == 2;
    Shape result = node.type().shape();
    long tokens = isShared ? result.rows() : result.dim(-2);
    return areUsed
        && weights != DataType.F32
        && shape(node, 0).rowLength() % TensorProducts.PIECE == 0
        && tokens > MatmulKernels.FEW_TOKENS;
  }

  /// Whether heads of this length attend there.
  boolean attend(long longestHead) {
    return areUsed && longestHead <= Program.longestTensorValue();
  }

  private static Shape shape(Node node, int operand) {
    return node.input(operand).type().shape();
  }
}
