package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// How an attention weighs keys, and which of them a query sees.
///
/// @param window how many keys a query sees at most, if positions say which; 0 for all
/// @param mask null if there is none
/// @param maxBias the largest slope of a mask
record AttentionWeighing(
    float scale, float softCap, Kind kind, long window, Tensor mask, float maxBias) {
  /// The order of mask_t in `attention.cuh`.
  enum Kind {
    NONE,
    CAUSAL,
    EXPLICIT,
    INTERVAL
  }

  static AttentionWeighing of(Attention op, Step step) {
    Kind kind =
        switch (op.mask()) {
          case AttentionMask.None() -> Kind.NONE;
          case AttentionMask.Causal(int _) -> Kind.CAUSAL;
          case AttentionMask.Explicit() -> Kind.EXPLICIT;
        };
    long window = op.mask() instanceof AttentionMask.Causal(int keys) ? keys : 0;
    return new AttentionWeighing(
        op.scale(), op.softCap(), kind, window, step.named("mask"), op.maxBias());
  }

  static AttentionWeighing of(AttentionPartial op) {
    return new AttentionWeighing(op.scale(), op.softCap(), Kind.INTERVAL, 0, null, 0);
  }

  void putMask(KernelArguments arguments, AttentionShape shape) {
    if (mask == null) {
      arguments.noTensor();
    } else {
      Shape logits = Shape.of(shape.heads(), shape.tokens(), shape.keys());
      arguments.tensor(mask, mask.layout().broadcastTo(logits));
    }
  }

  /// The address of the slopes of heads; 0 if nothing reads them.
  long slopes(AttentionShape shape, SegmentCompiler compiler) {
    return mask == null ? 0 : SoftmaxKernel.slopes(maxBias, (int) shape.heads(), compiler);
  }

  DataType maskType() {
    return mask == null ? DataType.F32 : mask.type().dataType();
  }
}
