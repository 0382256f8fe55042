package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Alibi;
import org.jgml.core.tensor.DataType;

/// The operand `mask` of attention, times the slope of each head.
record AttentionBias(AttentionPlan plan, Rows mask, boolean isPerHead, float[] slopes) {
  static AttentionBias of(AttentionPlan plan, float maxBias, Tensor mask) {
    float[] slopes = Alibi.slopes(maxBias, plan.heads());
    return new AttentionBias(plan, Rows.of(mask), mask.type().shape().rank() == 3, slopes);
  }

  /// Adds to the logits of a panel, one row a key.
  void add(int tile, int panel, int firstKey, int count, MemorySegment logits, long logitsAt) {
    for (int column = 0; column < plan.columns(panel); column++) {
      int head = plan.head(tile, panel, column);
      int token = plan.token(panel, column);
      long row = mask.at(isPerHead ? head * plan.tokens() + token : token);
      for (int i = 0; i < count; i++) {
        int at = i * plan.width() + column;
        float logit = ScalarRowMath.get(logits, logitsAt, at);
        ScalarRowMath.set(logits, logitsAt, at, logit + slopes[head] * get(row, firstKey + i));
      }
    }
  }

  private float get(long row, int key) {
    MemorySegment segment = mask.segment();
    return mask.type() == DataType.F32
        ? segment.get(RowMath.FLOAT, row + 4L * key)
        : Float.float16ToFloat(segment.get(RowWriter.SHORT, row + 2L * key));
  }
}
