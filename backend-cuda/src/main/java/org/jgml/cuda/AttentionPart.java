package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.AttentionPartial;

/// A set of keys, and the queries that look at it: `part_t` of `attention.cuh`.
///
/// @param first positions of tokens, or the first keys that they see; null if they see all
/// @param last the last keys that they see
/// @param table the blocks that keys lie in, of `blockRows` each; null if keys lie in order
/// @param result where its result lies, if that is kept
record AttentionPart(
    Tensor query,
    Tensor key,
    Tensor value,
    Tensor first,
    Tensor last,
    Tensor table,
    long blockRows,
    Tensor result) {
  /// MOST_PARTS of `attention.cuh`.
  static final int MOST = 3;

  /// What an attention to all keys looks at.
  static AttentionPart whole(Step step) {
    return new AttentionPart(
        step.input(0),
        step.input(1),
        step.input(2),
        step.named("positions"),
        null,
        null,
        0,
        step.output());
  }

  /// What an [AttentionPartial] looks at.
  static AttentionPart of(Step step) {
    return new AttentionPart(
        step.input(0),
        step.input(1),
        step.input(2),
        step.named("first"),
        step.named("last"),
        step.named("table"),
        ((AttentionPartial) step.op()).blockRows(),
        step.output());
  }

  AttentionShape shape() {
    return AttentionShape.of(
        query.type().shape(), key.type().shape(), value.type().shape(), keys());
  }

  /// Whether tensor cores lose nothing of the range of keys and values.
  boolean isOfHalves() {
    return TensorCores.hold(key.type().dataType()) && TensorCores.hold(value.type().dataType());
  }

  /// Keys that can be named.
  private long keys() {
    return table == null ? key.type().shape().dim(-3) : table.type().shape().elements() * blockRows;
  }

  /// @param found where the blocks that share the keys leave what they found; 0 if they write the
  ///   result
  void put(KernelArguments arguments, long found, int splits) {
    arguments
        .tensor(query)
        .tensor(key)
        .tensor(value)
        .start(first)
        .start(last)
        .start(table)
        .number(key.type().shape().dim(-3))
        .number(keys())
        .number(blockRows)
        .number(found)
        .number(splits)
        .type(key.type().dataType())
        .type(value.type().dataType());
  }

  /// Puts a part that is not there.
  static void putNone(KernelArguments arguments) {
    arguments.noTensor().noTensor().noTensor();
    arguments
        .number(0L)
        .number(0L)
        .number(0L)
        .number(0L)
        .number(0L)
        .number(0L)
        .number(0L)
        .numbers(0, 0, 0);
  }
}
