package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Right and wrong uses of [AttentionPartial].
final class AttentionPartialSamples {
  private static final AttentionPartial PLAIN = new AttentionPartial(0.125f, 0, 0);
  private static final AttentionPartial CAPPED = new AttentionPartial(1, 5, 0);

  static final List<Sample> RIGHT =
      List.of(
          sample("one token, many keys", x(1, 8, 64), F32, 4099, 2, 64, numbers(0), numbers(4098)),
          sample("a window", x(33, 4, 64), F32, 97, 4, 64, numbers(11), numbers(40)),
          sample("odd sizes", x(5, 3, 33), F32, 17, 1, 7, numbers(2), numbers(9)),
          sample("one of everything", x(1, 1, 1), F32, 1, 1, 1, numbers(0), numbers(0)),
          sample("empty intervals", x(3, 2, 32), F32, 9, 2, 32, numbers(5), numbers(2)),
          sample(
              "some empty intervals",
              x(7, 2, 32),
              F32,
              9,
              2,
              32,
              new Fill.Indices(5),
              new Fill.Indices(9)),
          sample("beyond both ends", x(3, 6, 32), F32, 70, 2, 32, numbers(-2), numbers(68)),
          sample(
              "seven heads a key head", x(9, 14, 64), F16, 513, 2, 64, numbers(100), numbers(400)),
          sample("brain floats", x(3, 8, 64), BF16, 65, 2, 64, numbers(1), numbers(40)),
          sample("quantised keys", x(3, 8, 64), Q8_0, 65, 2, 64, numbers(1), numbers(40)),
          sample("four bits", x(3, 8, 64), Q4_0, 65, 2, 64, numbers(1), numbers(40)),
          Sample.of("soft cap", CAPPED, x(5, 4, 32), x(9, 2, 32), x(9, 2, 32), at(5, 0), at(5, 4)),
          table("blocks by a table", F32, 16, 5, 9, 3, 40),
          table("half-precision blocks", F16, 128, 3, 7, 128, 383),
          table("quantised blocks", Q8_0, 7, 33, 40, 0, 230),
          table("blocks of one row", F32, 1, 65, 99, 1, 64));

  static final List<ErrorSample> WRONG =
      List.of(
          wrong("scale must be finite, is NaN", new AttentionPartial(Float.NaN, 0, 0)),
          wrong("softCap must be finite and >= 0, is -1.0", new AttentionPartial(1, -1, 0)),
          wrong("blockRows must be >= 0, is -3", new AttentionPartial(1, 0, -3), i32(2)),
          refused("query has 4 axes, a batch", f32(1, 5, 4, 64), f32(1, 9, 2, 64), i32(5)),
          refused(
              "heads of query have 64 elements, of key 32", f32(5, 4, 64), f32(9, 2, 32), i32(5)),
          refused("4 heads cannot share 3 key heads", f32(5, 4, 64), f32(9, 3, 64), i32(5)),
          refused("first is [4] for 5 tokens", f32(5, 4, 64), f32(9, 2, 64), i32(4)),
          refused("first must be I32, is F32", f32(5, 4, 64), f32(9, 2, 64), f32(5)),
          refused("query must be F32, is F16", TensorType.of(F16, 5, 4, 64), f32(9, 2, 64), i32(5)),
          wrong(
              "9 rows of key are no whole number of blocks of 4",
              new AttentionPartial(1, 0, 4),
              i32(2)),
          wrong("table has 2 axes", new AttentionPartial(1, 0, 3), i32(2, 1)),
          wrong("table must be I32, is F32", new AttentionPartial(1, 0, 3), f32(2)));

  private AttentionPartialSamples() {}

  private static Sample sample(
      String label,
      Sample.Operand query,
      DataType type,
      long rows,
      long keyHeads,
      long valueSize,
      Fill first,
      Fill last) {
    long tokens = query.type().shape().dim(0);
    return Sample.of(
        label,
        PLAIN,
        query,
        Sample.Operand.of(type, rows, keyHeads, query.type().shape().dim(2)),
        Sample.Operand.of(type, rows, keyHeads, valueSize),
        Sample.Operand.of(I32, tokens).with(first),
        Sample.Operand.of(I32, tokens).with(last));
  }

  private static Sample table(
      String label, DataType type, int blockRows, long blocks, long slots, long first, long last) {
    return Sample.of(
        label,
        new AttentionPartial(0.125f, 0, blockRows),
        x(3, 8, 64),
        Sample.Operand.of(type, slots * blockRows, 2, 64),
        Sample.Operand.of(type, slots * blockRows, 2, 64),
        at(3, first),
        at(3, last - 2),
        Sample.Operand.of(I32, blocks).with(new Fill.DistinctIndices(slots)));
  }

  private static ErrorSample wrong(String message, AttentionPartial op, TensorType... table) {
    TensorType[] operands = {f32(5, 4, 64), f32(9, 2, 64), f32(9, 2, 64), i32(5), i32(5)};
    TensorType[] all = Arrays.copyOf(operands, operands.length + table.length);
    System.arraycopy(table, 0, all, operands.length, table.length);
    return ErrorSample.of(message, op, all);
  }

  private static ErrorSample refused(
      String message, TensorType query, TensorType key, TensorType first) {
    return ErrorSample.of(message, PLAIN, query, key, key, first, i32(5));
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static Sample.Operand at(long tokens, long first) {
    return Sample.Operand.of(I32, tokens).with(numbers(first));
  }

  private static Fill numbers(long first) {
    return new Fill.Ascending(first);
  }
}
