package org.jgml.cpu;

import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Argmax;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionColumnSums;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Band;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Cast;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Conv;
import org.jgml.core.op.Copy;
import org.jgml.core.op.CountEqual;
import org.jgml.core.op.Cumsum;
import org.jgml.core.op.Fold;
import org.jgml.core.op.GetRows;
import org.jgml.core.op.Glu;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.MatMulId;
import org.jgml.core.op.MaxRows;
import org.jgml.core.op.Mean;
import org.jgml.core.op.Norm;
import org.jgml.core.op.Op;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Pool;
import org.jgml.core.op.Repeat;
import org.jgml.core.op.Resize;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.SetSlice;
import org.jgml.core.op.Softmax;
import org.jgml.core.op.Sum;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.TopK;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Unfold;
import org.jgml.core.op.Xielu;

/// The table of ops: the only place that says which kernels run an op.
final class CpuKernels {
  private CpuKernels() {}

  /// The kernels of an op; null if there are none.
  static Binding binding(Op.Compute op) {
    return switch (op) {
      case Argmax _ -> ReductionKernels::argmax;
      case Argsort sort -> ReductionKernels.argsort(sort);
      case Attention attention -> AttentionKernels.attention(attention);
      case AttentionColumnSums sums -> AttentionColumnSumsKernels.columnSums(sums);
      case AttentionFinish _ -> AttentionMergeKernels::finish;
      case AttentionMerge _ -> AttentionMergeKernels::merge;
      case AttentionPartial partial -> AttentionKernels.partial(partial);
      case Band band -> CopyKernels.band(band);
      case Binary binary -> ElementwiseKernels.binary(binary);
      case Cast cast -> ElementwiseKernels.cast(cast);
      case Clamp clamp -> ElementwiseKernels.clamp(clamp);
      case Concat concat -> CopyKernels.concat(concat);
      case Conv conv -> ConvKernels.conv(conv);
      case Copy _ -> CopyKernels::copy;
      case CountEqual _ -> CountKernels::countEqual;
      case Cumsum _ -> ReductionKernels::cumsum;
      case Fold fold -> WindowKernels.fold(fold);
      case GetRows _ -> IndexedRowKernels::getRows;
      case Glu glu -> ElementwiseKernels.glu(glu);
      case GroupNorm norm -> GroupNormKernel.groupNorm(norm);
      case L2Norm norm -> NormalisationKernels.l2Norm(norm);
      case LeakyRelu relu -> ElementwiseKernels.leakyRelu(relu);
      case LinearAttention attention -> LinearAttentionKernel.linearAttention(attention);
      case MatMul _ -> MatmulKernels::matmul;
      case MatMulId _ -> ExpertKernels::matmulId;
      case MaxRows _ -> ReductionKernels::maxRows;
      case Mean _ -> ReductionKernels::mean;
      case Norm norm -> NormalisationKernels.norm(norm);
      case Pad pad -> CopyKernels.pad(pad);
      case Pool pool -> PoolKernel.pool(pool);
      case Repeat repeat -> CopyKernels.repeat(repeat);
      case Resize resize -> ResizeKernel.resize(resize);
      case RmsNorm norm -> NormalisationKernels.rmsNorm(norm);
      case Rope rope -> RopeKernels.rope(rope);
      case RopeAngles angles -> RopeKernels.angles(angles);
      case Scale scale -> ElementwiseKernels.scale(scale);
      case SetRows _ -> IndexedRowKernels::setRows;
      case SetSlice slice -> CopyKernels.setSlice(slice);
      case Softmax softmax -> SoftmaxKernels.softmax(softmax);
      case Sum _ -> SumKernels::sum;
      case SumRows _ -> ReductionKernels::sumRows;
      case SwigluOai unit -> ElementwiseKernels.swigluOai(unit);
      case TopK _ -> ReductionKernels::topK;
      case Unary unary -> ElementwiseKernels.unary(unary);
      case Unfold unfold -> WindowKernels.unfold(unfold);
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
