package org.jgml.core.conformance;

import static org.jgml.core.conformance.Tampering.withElements;
import static org.jgml.core.conformance.Tampering.withInput;
import static org.jgml.core.conformance.Tampering.withInputValues;
import static org.jgml.core.conformance.Tampering.withOp;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jgml.core.conformance.FaultyKernels.Right;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.op.Norm;
import org.jgml.core.op.Rope;
import org.jgml.core.op.Softmax;
import org.jgml.core.op.TopK;
import org.jgml.core.op.Unary;

/// Mistakes as kernels have them, each in one op.
enum SeededFault {
  /// The last element of a row that is no whole number of vectors is not written.
  OFF_BY_ONE_TAIL("neg", Tampering::withoutTail),
  /// The last row is not written.
  UNWRITTEN_ROW("abs", Tampering::withoutLastRow),
  /// The tail that a vector loop leaves is computed twice.
  TAIL_TWICE("sqr", k -> withElements(k, (_, y) -> y[y.length - 1] *= y[y.length - 1])),
  /// Rows of an operand are read as if there were no gaps between them.
  WRONG_STRIDE("sub", k -> withInput(k, 0, Tampering::dense)),
  /// An operand is read from where the tensor begins that it is a part of.
  WRONG_OFFSET("mul", k -> withInput(k, 0, Tampering::withoutOffset)),
  /// A smaller operand is not repeated: its first element stands for all.
  DROPPED_BROADCAST("add", k -> withInputValues(k, 1, b -> Arrays.fill(b, b[0]))),
  /// A division by zero gives zero.
  DECIDED_OTHERWISE("div", k -> withElements(k, (_, y) -> replaceNonFinite(y))),
  /// The mask is not added.
  MISSED_MASK("softmax", k -> withInputValues(k, "mask", mask -> Arrays.fill(mask, 0))),
  /// Each query sees the key after its own.
  CAUSAL_OFF_BY_ONE("attention", k -> withInputValues(k, "positions", SeededFault::increment)),
  /// The window is not looked at.
  MISSED_WINDOW("attention", k -> withOp(k, withoutWindow((Attention) k.step().op()))),
  /// The soft cap is not applied.
  MISSED_SOFT_CAP("attention", k -> withOp(k, withoutCap((Attention) k.step().op()))),
  /// The maximum is not subtracted before exponentials are taken.
  SOFTMAX_OVERFLOW("softmax", Tampering::overflowing),
  /// Scratch memory of the run before is added.
  STALE_SCRATCH("sum_rows", Tampering::accumulating),
  /// Two threads write one element.
  RACE("matmul", SeededFault::race),
  /// Another last bit with more threads.
  THREADS_MATTER("mean", SeededFault::threadsMatter),
  /// F16 is cut off instead of rounded.
  WRONG_ROUNDING("cast", Tampering::truncating),
  /// A value in a quantised block is one step off.
  WRONG_CODE("set_rows", Tampering::nextCode),
  /// Halves go to the even neighbour.
  HALVES_TO_EVEN("round", k -> withElements(k, (x, y) -> Arrays.setAll(y, i -> Math.rint(x[i])))),
  /// The result is written before all of the row was read.
  IN_PLACE_HAZARD("rms_norm", Tampering::hazard),
  /// NaN is taken for a negative number.
  MISSED_NAN("relu", k -> withElements(k, (x, y) -> Arrays.setAll(y, i -> x[i] > 0 ? x[i] : 0))),
  /// NaN comes first in the order.
  NAN_IS_LARGEST(
      "argmax", k -> withInputValues(k, 0, x -> replaceNaN(x, Double.POSITIVE_INFINITY))),
  /// Infinity is taken for the largest number.
  MISSED_INFINITY("exp", k -> withElements(k, (_, y) -> clampToFloat(y))),
  /// The sign of small numbers is lost.
  LOST_DENORMALS("sgn", k -> withInputValues(k, 0, SeededFault::flush)),
  /// Indices of 64 bits are read as if they had 32.
  WRONG_INDEX_TYPE("get_rows", Tampering::narrowIndices),
  /// The last row of the table is never read.
  CLAMPED_INDEX("matmul_id", k -> withInputValues(k, "ids", SeededFault::clampIndices)),
  /// One element behind the end is written.
  WRITE_PAST_END("scale", k -> Tampering.writeAt(k, true)),
  /// One element before the beginning is written.
  WRITE_BEFORE_START("leaky_relu", k -> Tampering.writeAt(k, false)),
  /// An operand is used as scratch memory.
  CHANGED_INPUT("concat", Tampering::changingInput),
  /// The device says yes, but there is no kernel.
  FALSE_YES("pad", SeededFault::refuse),
  /// The device says no, but there is a kernel.
  FALSE_NO("repeat", Right::run),
  /// Memory is not given back.
  LEAKED_BUFFER("copy", Right::run),
  /// The epsilon is left out.
  MISSED_EPSILON("norm", k -> withOp(k, new Norm(((Norm) k.step().op()).epsilon() * 2 + 1e-4f))),
  /// Sums are kept in half precision.
  LOW_PRECISION_SUM("sum", k -> withElements(k, (_, y) -> y[0] *= 1 + 0x1p-11)),
  /// Equal values come in any order.
  UNSTABLE_SORT("argsort", Tampering::unstable),
  /// The smallest come first.
  WRONG_DIRECTION("top_k", SeededFault::ascending),
  /// Neighbours are taken for halves.
  WRONG_PAIRS("rope", k -> withOp(k, new Rope(Rope.Style.NORMAL))),
  /// The last, smaller group is taken for part of the one before.
  WRONG_GROUPS("group_norm", k -> withOp(k, fewerGroups((GroupNorm) k.step().op()))),
  /// One bound is exclusive.
  WRONG_BOUND("clamp", k -> withOp(k, lower((Clamp) k.step().op()))),
  /// An approximation that is good to three digits.
  COARSE_APPROXIMATION("tanh", k -> withElements(k, (x, y) -> Arrays.setAll(y, i -> rough(x[i])))),
  /// The sum begins anew in each vector.
  RESTARTED_SUM("cumsum", k -> withElements(k, (x, y) -> restart(x, y)));

  private final String op;
  private final Consumer<Right> kernel;

  SeededFault(String op, Consumer<Right> kernel) {
    this.op = op;
    this.kernel = kernel;
  }

  /// The op whose kernel is wrong.
  String op() {
    return op;
  }

  Runnable kernel(Right right) {
    return () -> kernel.accept(right);
  }

  private static void increment(double[] positions) {
    Arrays.setAll(positions, i -> positions[i] + 1);
  }

  private static Attention withoutWindow(Attention op) {
    AttentionMask mask =
        op.mask() instanceof AttentionMask.Causal ? AttentionMask.causal() : op.mask();
    return new Attention(op.scale(), op.softCap(), op.maxBias(), mask, op.sinks());
  }

  private static Attention withoutCap(Attention op) {
    return new Attention(op.scale(), 0, op.maxBias(), op.mask(), op.sinks());
  }

  private static void race(Right k) {
    withElements(
        k, (_, y) -> y[0] += k.threads() > 1 ? ThreadLocalRandom.current().nextDouble() : 0);
  }

  private static void threadsMatter(Right k) {
    withElements(k, (_, y) -> y[0] = k.threads() > 1 ? Math.nextUp((float) y[0]) : y[0]);
  }

  private static void replaceNaN(double[] x, double other) {
    Arrays.setAll(x, i -> Double.isNaN(x[i]) ? other : x[i]);
  }

  private static void replaceNonFinite(double[] y) {
    Arrays.setAll(y, i -> Double.isFinite(y[i]) ? y[i] : 0);
  }

  private static void clampToFloat(double[] y) {
    Arrays.setAll(y, i -> Math.min(y[i], Float.MAX_VALUE));
  }

  private static void flush(double[] x) {
    Arrays.setAll(x, i -> Math.abs(x[i]) < Float.MIN_NORMAL ? 0 : x[i]);
  }

  private static void clampIndices(double[] ids) {
    double last = Arrays.stream(ids).max().orElse(0);
    Arrays.setAll(ids, i -> ids[i] == last && last > 0 ? last - 1 : ids[i]);
  }

  private static void refuse(Right k) {
    throw new IllegalStateException("no kernel for " + k.step().node());
  }

  private static void ascending(Right k) {
    int count = ((TopK) k.step().op()).k();
    int length = (int) k.step().input(0).type().shape().rowLength();
    double[] order = Tampering.result(new Argsort(false), k.step());
    withElements(k, (_, y) -> Arrays.setAll(y, i -> order[i / count * length + i % count]));
  }

  private static GroupNorm fewerGroups(GroupNorm op) {
    return new GroupNorm(Math.max(1, op.groups() - 1), op.epsilon());
  }

  private static Clamp lower(Clamp op) {
    return new Clamp(op.low(), op.high() - 0.25f * (op.high() - op.low()));
  }

  private static double rough(double x) {
    return Unary.Kind.TANH.apply(x) * (1 + 1e-4);
  }

  private static void restart(double[] x, double[] y) {
    for (int i = 16; i < y.length; i += 16) {
      y[i] = x[i];
    }
  }

  /// Used by [Tampering], which makes the rows that overflow.
  static boolean isPlain(Softmax op) {
    return !op.masked() && !op.sinks();
  }
}
