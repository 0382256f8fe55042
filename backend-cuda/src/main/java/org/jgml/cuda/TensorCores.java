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
/// @param haveRoom whether blocks have the shared memory that long heads of attention take
record TensorCores(boolean areUsed, boolean haveRoom) {
  static TensorCores of(DeviceProfile profile, CudaOptions options) {
    return new TensorCores(
        profile.hasTensorCores() && options.products() != Products.EXACT,
        AttentionPlan.isWideWithin(profile.sharedBytes()));
  }

  boolean make(Node node) {
    return switch (node.op()) {
      case MatMul _ -> multiply(node);
      case Attention _, AttentionPartial _ ->
          attend(
              shape(node, 0).rowLength(),
              shape(node, 2).rowLength(),
              hold(type(node, 1)) && hold(type(node, 2)));
      default -> false;
    };
  }

  /// F32 weights are not rounded; few tokens are not worth it.
  private boolean multiply(Node node) {
    DataType weights = type(node, 1);
    boolean isShared = shape(node, 1).rank() == 2;
    Shape result = node.type().shape();
    long tokens = isShared ? result.rows() : result.dim(-2);
    return areUsed
        && weights != DataType.F32
        && shape(node, 0).rowLength() % TensorProducts.PIECE == 0
        && tokens > MatmulKernels.FEW_TOKENS;
  }

  boolean attend(AttentionPart part) {
    return attend(part.shape().headSize(), part.shape().valueSize(), part.isOfHalves());
  }

  private boolean attend(long headSize, long valueSize, boolean isOfHalves) {
    boolean areShort = Math.max(headSize, valueSize) <= Program.longestTensorValue();
    boolean areWide =
        haveRoom && headSize <= AttentionPlan.WIDE_KEY && valueSize <= AttentionPlan.WIDE_VALUE;
    return areUsed && isOfHalves && (areShort || areWide);
  }

  /// Whether keys and values of a type are halves, or multiples of halves by small numbers. Those
  /// of F32 and BF16 may be too large for a half or too small, and whoever keeps them so wants them
  /// so.
  static boolean hold(DataType type) {
    return type != DataType.F32 && type != DataType.BF16;
  }

  private static DataType type(Node node, int operand) {
    return node.input(operand).type().dataType();
  }

  private static Shape shape(Node node, int operand) {
    return node.input(operand).type().shape();
  }
}
