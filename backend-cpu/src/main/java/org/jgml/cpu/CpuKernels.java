package org.jgml.cpu;

import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.*;

/// The table of ops: the only place that says which kernels run an op.
final class CpuKernels {
  private CpuKernels() {}

  /// The kernels of an op; null if there are none.
  static Binding binding(Op.Compute op) {
    return switch (op) {
      case Argmax _ -> ReductionKernels::argmax;
      case Argsort _ -> null;
      case Attention attention -> AttentionKernels.attention(attention);
      case Binary binary -> ElementwiseKernels.binary(binary);
      case Cast cast -> ElementwiseKernels.cast(cast);
      case Clamp clamp -> ElementwiseKernels.clamp(clamp);
      case Concat concat -> CopyKernels.concat(concat);
      case Copy _ -> CopyKernels::copy;
      case Cumsum _ -> null;
      case GetRows _ -> IndexedRowKernels::getRows;
      case Glu glu -> ElementwiseKernels.glu(glu);
      case GroupNorm _ -> null;
      case L2Norm norm -> NormalisationKernels.l2Norm(norm);
      case LeakyRelu relu -> ElementwiseKernels.leakyRelu(relu);
      case MatMul _ -> MatmulKernels::matmul;
      case MatMulId _ -> null;
      case Mean _ -> null;
      case Norm norm -> NormalisationKernels.norm(norm);
      case Pad pad -> CopyKernels.pad(pad);
      case Repeat repeat -> CopyKernels.repeat(repeat);
      case RmsNorm norm -> NormalisationKernels.rmsNorm(norm);
      case Rope rope -> RopeKernels.rope(rope);
      case RopeAngles angles -> RopeKernels.angles(angles);
      case Scale scale -> ElementwiseKernels.scale(scale);
      case SetRows _ -> IndexedRowKernels::setRows;
      case Softmax _ -> null;
      case Sum _ -> null;
      case SumRows _ -> null;
      case SwigluOai unit -> ElementwiseKernels.swigluOai(unit);
      case TopK _ -> null;
      case Unary unary -> ElementwiseKernels.unary(unary);
      case Xielu xielu -> ElementwiseKernels.xielu(xielu);
    };
  }

  /// Whether there are kernels for a node; they take every type that the op admits.
  static Verdict supports(Node node) {
    if (!(node.op() instanceof Op.Compute op)) {
      return Verdict.no("only compute nodes are run");
    }
    return binding(op) == null ? Verdict.no("no kernel") : Verdict.YES;
  }
}
