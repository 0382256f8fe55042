package org.jgml.opencl;

import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Argmax;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.Attention;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Cast;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Cumsum;
import org.jgml.core.op.GetRows;
import org.jgml.core.op.Glu;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.MatMulId;
import org.jgml.core.op.Mean;
import org.jgml.core.op.Norm;
import org.jgml.core.op.Op;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Repeat;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.Softmax;
import org.jgml.core.op.Sum;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.TopK;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;

/// The table of ops: the only place that says which kernels run an op.
final class OpenClKernels {
  /// Axes that `rows_t` has room for, whatever the strides; `repeat` splits each axis in two.
  private static final int MAX_RANK = RowLayout.MAX_AXES / 2;

  private OpenClKernels() {}

  /// The kernels of an op; null if there are none.
  static Binding binding(Op.Compute op) {
    return switch (op) {
      case Argmax _ -> ReductionKernels::argmax;
      case Argsort sort -> SortKernels.argsort(sort);
      case Attention attention -> AttentionKernel.attention(attention);
      case Binary binary -> ElementwiseKernels.binary(binary);
      case Cast cast -> CastKernels.cast(cast);
      case Clamp clamp -> ElementwiseKernels.clamp(clamp);
      case Concat concat -> CopyKernels.concat(concat);
      case Copy _ -> CopyKernels::copy;
      case Cumsum _ -> ReductionKernels::cumsum;
      case GetRows _ -> IndexedRowKernels::getRows;
      case Glu glu -> ElementwiseKernels.glu(glu);
      case GroupNorm norm -> NormalisationKernels.groupNorm(norm);
      case L2Norm norm -> NormalisationKernels.l2Norm(norm);
      case LeakyRelu relu -> ElementwiseKernels.leakyRelu(relu);
      case MatMul _ -> MatmulKernels::matmul;
      case MatMulId _ -> MatmulKernels::matmulId;
      case Mean _ -> ReductionKernels::mean;
      case Norm norm -> NormalisationKernels.norm(norm);
      case Pad pad -> CopyKernels.pad(pad);
      case Repeat repeat -> CopyKernels.repeat(repeat);
      case RmsNorm norm -> NormalisationKernels.rmsNorm(norm);
      case Rope rope -> RopeKernels.rope(rope);
      case RopeAngles angles -> RopeKernels.angles(angles);
      case Scale scale -> ElementwiseKernels.scale(scale);
      case SetRows _ -> IndexedRowKernels::setRows;
      case Softmax softmax -> SoftmaxKernel.softmax(softmax);
      case Sum _ -> ReductionKernels::sum;
      case SumRows _ -> ReductionKernels::sumRows;
      case SwigluOai unit -> ElementwiseKernels.swigluOai(unit);
      case TopK top -> SortKernels.topK(top);
      case Unary unary -> ElementwiseKernels.unary(unary);
      case Xielu xielu -> ElementwiseKernels.xielu(xielu);
    };
  }

  /// Whether there are kernels for a node; they take every type that the op admits.
  static Verdict supports(Node node) {
    if (!(node.op() instanceof Op.Compute op)) {
      return Verdict.no("only compute nodes are run");
    }
    if (binding(op) == null) {
      return Verdict.no("no kernel");
    }
    boolean isDeep =
        node.type().shape().rank() > MAX_RANK
            || node.inputs().stream().anyMatch(input -> input.type().shape().rank() > MAX_RANK);
    return isDeep ? Verdict.no("more than %d axes".formatted(MAX_RANK)) : Verdict.YES;
  }
}
