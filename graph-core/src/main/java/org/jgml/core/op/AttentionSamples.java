package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Right and wrong uses of [Attention].
final class AttentionSamples {
  private static final Attention ALL = Attention.of(0.125f, AttentionMask.none());
  private static final Attention CAUSAL = Attention.of(0.125f, AttentionMask.causal());
  private static final Attention WINDOW = Attention.of(0.125f, new AttentionMask.Causal(5));
  private static final Attention MASKED = Attention.of(0.125f, AttentionMask.explicit());
  private static final Attention CAPPED = new Attention(1, 5, 0, AttentionMask.causal(), false);
  private static final Attention BIASED =
      new Attention(0.5f, 0, 8, AttentionMask.explicit(), false);
  private static final Attention SINKS = new Attention(0.5f, 0, 0, AttentionMask.causal(), true);

  static final List<Sample> RIGHT =
      List.of(
          Sample.of("one token, many keys", ALL, x(1, 8, 64), x(4099, 2, 64), x(4099, 2, 64)),
          Sample.of("one of everything", ALL, x(1, 1, 1), x(1, 1, 1), x(1, 1, 1)),
          Sample.of("odd sizes", ALL, x(5, 3, 33), x(17, 1, 33), x(17, 1, 7)),
          Sample.of("prefill", CAUSAL, x(33, 4, 64), x(33, 4, 64), x(33, 4, 64), positions(0, 33)),
          Sample.of(
              "chunk after a cache",
              CAUSAL,
              x(7, 8, 64),
              x(40, 2, 64),
              x(40, 2, 64),
              positions(29, 7)),
          Sample.of(
              "unwritten end of a cache",
              CAUSAL,
              x(1, 8, 128),
              x(129, 2, 128),
              x(129, 2, 128),
              positions(65, 1)),
          Sample.of("window", WINDOW, x(9, 2, 32), x(20, 2, 32), x(20, 2, 32), positions(11, 9)),
          Sample.of(
              "queries that see nothing",
              CAUSAL,
              x(3, 2, 32),
              x(4, 2, 32),
              x(4, 2, 32),
              positions(-2, 3)),
          Sample.of(
              "a batch", CAUSAL, x(2, 3, 4, 16), x(2, 9, 2, 16), x(2, 9, 2, 16), positions(6, 3)),
          Sample.of("mask", MASKED, x(5, 4, 32), x(33, 2, 32), x(33, 2, 32), mask(F32, 5, 33)),
          Sample.of(
              "half-precision mask for each head",
              MASKED,
              x(5, 4, 32),
              x(33, 2, 32),
              x(33, 2, 32),
              mask(F16, 4, 5, 33)),
          Sample.of("soft cap", CAPPED, x(5, 4, 32), x(9, 2, 32), x(9, 2, 32), positions(4, 5)),
          Sample.of("alibi", BIASED, x(5, 6, 32), x(9, 6, 32), x(9, 6, 32), x(5, 9)),
          Sample.of("sinks", SINKS, x(5, 4, 32), x(9, 2, 32), x(9, 2, 32), positions(4, 5), x(4)),
          cache("half-precision cache", F16, F16),
          cache("brain-float cache", BF16, BF16),
          cache("quantised cache", Q8_0, Q8_0),
          cache("mixed cache", Q8_0, Q4_0));

  static final List<ErrorSample> WRONG =
      List.of(
          ErrorSample.of(
              "scale must be finite, is NaN",
              Attention.of(Float.NaN, AttentionMask.none()),
              f32(5, 4, 64),
              f32(9, 2, 64),
              f32(9, 2, 64)),
          ErrorSample.of(
              "softCap must be finite and >= 0, is -30.0",
              new Attention(1, -30, 0, AttentionMask.none(), false),
              f32(5, 4, 64),
              f32(9, 2, 64),
              f32(9, 2, 64)),
          ErrorSample.of(
              "maxBias is 8.0 but there is no mask",
              new Attention(1, 0, 8, AttentionMask.none(), false),
              f32(5, 4, 64),
              f32(9, 2, 64),
              f32(9, 2, 64)),
          ErrorSample.of(
              "Causal[window=-1] has a negative window",
              Attention.of(1, new AttentionMask.Causal(-1)),
              f32(5, 4, 64),
              f32(9, 2, 64),
              f32(9, 2, 64),
              i32(5)),
          wrong(
              "query must be F32, is F16",
              TensorType.of(F16, 5, 4, 64),
              f32(9, 2, 64),
              f32(9, 2, 64)),
          wrong("key must hold real numbers, has I32", f32(5, 4, 64), i32(9, 2, 64), f32(9, 2, 64)),
          wrong("query has 2 axes", f32(5, 64), f32(9, 64), f32(9, 64)),
          wrong("value has 2 axes but query has 3", f32(5, 4, 64), f32(9, 2, 64), f32(9, 128)),
          wrong(
              "a batch of 2 queries but 3 of key",
              f32(2, 5, 4, 64),
              f32(3, 9, 2, 64),
              f32(2, 9, 2, 64)),
          wrong(
              "heads of query have 64 elements, of key 32",
              f32(5, 4, 64),
              f32(9, 2, 32),
              f32(9, 2, 64)),
          wrong(
              "9 keys of 2 heads but 8 values of 2 heads",
              f32(5, 4, 64),
              f32(9, 2, 64),
              f32(8, 2, 64)),
          wrong("4 heads cannot share 3 key heads", f32(5, 4, 64), f32(9, 3, 64), f32(9, 3, 64)),
          masked("positions are [4] for 5 tokens", CAUSAL, i32(4)),
          masked("positions must be I32, is F32", CAUSAL, f32(5)),
          masked("mask [4, 9] does not broadcast to [4, 5, 9]", MASKED, f32(4, 9)),
          masked("mask [1, 9] is neither [5, 9] nor [4, 5, 9]", MASKED, f32(1, 9)),
          masked("mask must be F32 or F16, is BF16", MASKED, TensorType.of(BF16, 5, 9)),
          ErrorSample.of(
              "sinks are [2] for 4 heads",
              SINKS,
              f32(5, 4, 64),
              f32(9, 2, 64),
              f32(9, 2, 64),
              i32(5),
              f32(2)),
          wrong("takes 3 operands [query, key, value], got 2", f32(5, 4, 64), f32(9, 2, 64)));

  private AttentionSamples() {}

  private static Sample cache(String label, DataType key, DataType value) {
    return Sample.of(
        label,
        CAUSAL,
        x(3, 8, 64),
        Sample.Operand.of(key, 65, 2, 64),
        Sample.Operand.of(value, 65, 2, 64),
        positions(40, 3));
  }

  private static ErrorSample wrong(String message, TensorType... operands) {
    return ErrorSample.of(message, ALL, operands);
  }

  private static ErrorSample masked(String message, Attention op, TensorType mask) {
    return ErrorSample.of(message, op, f32(5, 4, 64), f32(9, 2, 64), f32(9, 2, 64), mask);
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static Sample.Operand mask(DataType type, long... dims) {
    return Sample.Operand.of(type, dims).with(new Fill.Mask(3));
  }

  private static Sample.Operand positions(long first, long tokens) {
    return Sample.Operand.of(I32, tokens).with(new Fill.Ascending(first));
  }
}
