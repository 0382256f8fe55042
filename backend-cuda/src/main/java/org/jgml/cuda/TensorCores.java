package org.jgml.cuda;

import java.util.EnumSet;
import java.util.Set;
import org.jgml.core.backend.Factors;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.MatMul;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Which nodes are made on tensor cores, of factors that are halves, and where those are two halves
/// each. It depends on op and types only, so that nothing else changes a result.
///
/// @param areUsed whether there are any, and results of halves are wanted
/// @param haveRoom whether blocks have the shared memory that long heads of attention take
record TensorCores(boolean areUsed, boolean haveRoom) {
  /// Up to so many tokens, products are made of two halves a factor, and queries of attention are
  /// two halves: more work, of which there is little, for the precision of F32.
  static final int MOST_EXACT_TOKENS = 256;

  /// Types of weights whose elements are halves but for a power of two of their row.
  private static final Set<DataType> OF_HALVES =
      EnumSet.of(
          DataType.F16,
          DataType.BF16,
          DataType.MXFP4,
          DataType.NVFP4,
          DataType.TQ1_0,
          DataType.TQ2_0);

  static TensorCores of(DeviceProfile profile, CudaOptions options) {
    return new TensorCores(
        profile.hasTensorCores() && options.products() != Products.EXACT,
        AttentionPlan.isWideWithin(profile.sharedBytes()));
  }

  /// What becomes of the factors of a node.
  Factors factors(Node node) {
    return switch (node.op()) {
      case MatMul _ when multiply(node) && products(node) == 1 -> Factors.HALVES;
      case Attention _, AttentionPartial _ when attend(node) ->
          queryHalves(node) == 1 ? Factors.HALVES : Factors.HALVES_BUT_FIRST;
      default -> Factors.EXACT;
    };
  }

  /// Whether a product is made of halves. F32 weights are not rounded; few tokens are not worth it.
  boolean multiply(Node node) {
    return areUsed
        && type(node, 1) != DataType.F32
        && shape(node, 0).rowLength() % TensorProducts.PIECE == 0
        && tokens(node) > MatmulKernels.FEW_TOKENS;
  }

  /// Of how many products of halves a product is the sum: of the upper halves of both factors, of
  /// the lower ones of tokens with the upper ones of weights, and the other way round.
  static int products(Node node) {
    if (tokens(node) > MOST_EXACT_TOKENS) {
      return 1;
    }
    return OF_HALVES.contains(type(node, 1)) ? 2 : 3;
  }

  /// Those that share the weights.
  private static long tokens(Node node) {
    boolean isShared = shape(node, 1).rank() == 2;
    Shape result = node.type().shape();
    return isShared ? result.rows() : result.dim(-2);
  }

  private static int queryHalves(Node node) {
    AttentionShape shape = AttentionShape.of(shape(node, 0), shape(node, 1), shape(node, 2), 0);
    return AttentionPlan.of(shape, false, 1).queryHalves();
  }

  private boolean attend(Node node) {
    return attend(
        shape(node, 0).rowLength(),
        shape(node, 2).rowLength(),
        hold(type(node, 1)) && hold(type(node, 2)));
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
