package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Binary;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Attention by a state. Columns of a state know nothing of each other, so each part reads all
/// tokens with some columns of one head, which stay in the first cache. A token costs four
/// operations an element; products of chunks of tokens would cost more.
final class LinearAttentionKernel implements Kernel {
  /// Elements of a state that one token passes in a nanosecond.
  private static final int ELEMENTS_PER_NANO = 8;

  private final LinearAttention.Rule rule;
  private final StateMath states;
  private final RowMath math;
  private final Scratch.Frame frame;
  private final Operand state;
  private final Operand query;
  private final Operand key;
  private final Operand value;
  private final Operand decay;
  private final Operand beta;
  private final Rows y;
  private final int tokens;
  private final int heads;
  private final int rows;
  private final int columns;
  private final int blocks;
  private final long block;
  private final long sums;
  private final long update;
  private final Parts parts;

  private LinearAttentionKernel(LinearAttention op, Step step, SegmentCompiler compiler) {
    rule = op.rule();
    states = compiler.arithmetic().states();
    math = compiler.rows();
    frame = compiler.frame();
    Shape values = step.named("value").type().shape();
    Shape matrices = step.named("state").type().shape();
    tokens = Math.toIntExact(values.dim(0));
    heads = Math.toIntExact(values.range(1, values.rank() - 1).elements());
    rows = Math.toIntExact(matrices.dim(-2));
    columns = Math.toIntExact(matrices.dim(-1));
    state = new Operand(step.named("state"), matrices, frame);
    query = new Operand(step.named("query"), values.with(-1, rows), frame);
    key = new Operand(step.named("key"), values.with(-1, rows), frame);
    value = new Operand(step.named("value"), values, frame);
    decay = new Operand(step.named("decay"), values.with(-1, rows), frame);
    beta = new Operand(step.named("beta"), values.with(-1, 1), frame);
    y = Rows.of(step.output());
    blocks = Math.ceilDiv(columns, states.columns());
    block = frame.reserve((long) rows * states.columns() * Float.BYTES);
    sums = frame.reserve((long) states.columns() * Float.BYTES);
    update = frame.reserve((long) states.columns() * Float.BYTES);
    long elements = (long) (tokens + 1) * rows * Math.min(columns, states.columns());
    parts = Parts.of(heads * blocks, elements / ELEMENTS_PER_NANO, compiler.workers());
  }

  static Binding linearAttention(LinearAttention op) {
    return (step, compiler) -> compiler.add(new LinearAttentionKernel(op, step, compiler));
  }

  /// Rows of an operand, one for each token and head, brought to the scratch memory of a worker.
  private static final class Operand {
    private final Rows rows;
    private final boolean isOneElement;
    private final long slot;

    Operand(Tensor tensor, Shape shape, Scratch.Frame frame) {
      Layout layout = tensor.layout().broadcastTo(shape);
      rows = Rows.of(tensor.view(tensor.type().withShape(shape), layout));
      isOneElement = rows.repeatsOneElement();
      slot = frame.reserve((long) rows.length() * Float.BYTES);
    }

    float first(int row) {
      return ScalarRowMath.get(rows.segment(), rows.at(row), 0);
    }

    /// Copies elements of a row to scratch memory.
    void copy(int row, int from, int count, MemorySegment scratch, long to, RowMath math) {
      if (isOneElement) {
        math.fill(first(row), scratch, to, count);
      } else {
        MemorySegment.copy(rows.segment(), rows.at(row) + 4L * from, scratch, to, 4L * count);
      }
    }

    /// Copies a row to its place.
    long stage(int row, MemorySegment scratch, RowMath math) {
      copy(row, 0, rows.length(), scratch, slot, math);
      return slot;
    }
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    MemorySegment scratch = frame.ofWorker(worker);
    for (int i = parts.first(part); i < parts.end(part); i++) {
      int head = i / blocks;
      int from = i % blocks * states.columns();
      int count = Math.min(states.columns(), columns - from);
      load(head, from, count, scratch);
      for (int token = 0; token < tokens; token++) {
        read(head, token, from, count, scratch);
      }
      store(head, from, count, scratch);
    }
  }

  private void load(int head, int from, int count, MemorySegment scratch) {
    math.fill(0, scratch, update, states.columns());
    if (count < states.columns()) {
      math.fill(0, scratch, block, rows * states.columns());
    }
    for (int row = 0; row < rows; row++) {
      state.copy(head * rows + row, from, count, scratch, blockRow(row), math);
    }
  }

  private long blockRow(int row) {
    return block + 4L * row * states.columns();
  }

  private void read(int head, int token, int from, int count, MemorySegment scratch) {
    int row = token * heads + head;
    long keyAt = key.stage(row, scratch, math);
    states.decay(scratch, block, rows, decay.stage(row, scratch, math), keyAt, sums);
    value.copy(row, from, count, scratch, update, math);
    if (rule == LinearAttention.Rule.DELTA) {
      math.binary(Binary.Kind.SUB, scratch, update, scratch, sums, scratch, update, count);
    }
    math.multiply(beta.first(row), scratch, update, scratch, update, count);
    long queryAt = query.stage(row, scratch, math);
    states.add(scratch, block, rows, keyAt, update, queryAt, sums);
    long to = y.at(resultRow(head, token)) + 4L * from;
    MemorySegment.copy(scratch, sums, y.segment(), to, 4L * count);
  }

  private void store(int head, int from, int count, MemorySegment scratch) {
    for (int row = 0; row < rows; row++) {
      long to = y.at(resultRow(head, tokens + row)) + 4L * from;
      MemorySegment.copy(scratch, blockRow(row), y.segment(), to, 4L * count);
    }
  }

  /// Outputs come first, then the rows of the state.
  private int resultRow(int head, int row) {
    return head * (tokens + rows) + row;
  }
}
