package org.jgml.core.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Fold;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Window;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;

/// What needs no op of its own, said in a few ops that there are. Each method adds nodes to a graph
/// and returns the last one; devices and tests know only the ops.
@GraphVocabulary
public final class Compositions {
  private Compositions() {}

  /// `start, start + step, …`, as many as are below `stop`.
  ///
  /// @throws IllegalArgumentException unless they are from 1 to 2^31 - 1 values
  public static Node arange(GraphBuilder g, float start, float stop, float step) {
    double count = Math.ceil(((double) stop - start) / step);
    if (!(count >= 1 && count <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "arange: from %s to %s by %s are %s values. Fix: choose a step that leads from start to stop"
              .formatted(start, stop, step, count));
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = start + step * i;
    }
    return g.constant(Shape.of(values.length), values);
  }

  /// A tensor of one value.
  public static Node full(GraphBuilder g, float value, long... dims) {
    return g.broadcast(g.constant(Shape.of(1), value), dims);
  }

  /// Elements moved along an axis by `shift`; what leaves at one end enters at the other.
  public static Node roll(GraphBuilder g, Node x, int axis, long shift) {
    Shape shape = x.type().shape();
    require(
        shape.hasAxis(axis),
        "roll",
        x,
        "axis %d is outside a tensor of rank %d".formatted(axis, shape.rank()),
        "pass an axis from %d to %d".formatted(-shape.rank(), shape.rank() - 1));
    long[] pairs = new long[2 * shape.rank()];
    pairs[2 * shape.axis(axis)] = Math.floorMod(shift, Math.max(1, shape.dim(axis)));
    return g.slice(g.pad(x, Pad.Mode.CIRCULAR, pairs), axis, 0, shape.dim(axis));
  }

  /// The elements of rows that indices name, as [GraphBuilder#topK] gives them: `[…, n]` and
  /// integers `[…, k]` give `[…, k]`.
  public static Node elementsAt(GraphBuilder g, Node x, Node indices) {
    Node column = g.reshape(x, x.type().shape().append(1).dims());
    return g.reshape(g.getRows(column, indices), indices.type().shape().dims());
  }

  /// Matrices with the rows of `x` on their diagonals: `[…, n]` becomes `[…, n, n]`.
  public static Node diagonal(GraphBuilder g, Node x) {
    requireRank("diagonal", x, 1);
    Shape shape = x.type().shape();
    long n = shape.dim(-1);
    Shape batch = shape.range(0, shape.rank() - 1);
    Node row = g.reshape(x, batch.append(1, n).dims());
    return g.band(g.broadcast(row, batch.append(n, n).dims()), 0, 0, 0);
  }

  /// The sum of the outer products of rows: `[…, k, m]` and `[…, k, n]` give `[…, m, n]`.
  public static Node outerProduct(GraphBuilder g, Node a, Node b) {
    return g.matmul(transposed(g, a), transposed(g, b));
  }

  /// A tensor with its last two axes exchanged.
  public static Node transposed(GraphBuilder g, Node x) {
    requireRank("transposed", x, 2);
    int rank = x.type().shape().rank();
    int[] axes = IntStream.range(0, rank).toArray();
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return g.permute(x, axes);
  }

  private static void requireRank(String composition, Node x, int rank) {
    require(
        x.type().shape().rank() >= rank,
        composition,
        x,
        "needs at least %d axes, has %d".formatted(rank, x.type().shape().rank()),
        "reshape it, putting axes of extent 1 in front");
  }

  private static void require(
      boolean claim, String composition, Node x, String problem, String fix) {
    if (!claim) {
      throw Refusal.of(composition, x, problem, fix);
    }
  }

  /// The sum of rows that follow each other, each times a row of `taps`: `[n + k - 1, c]` and `[k,
  /// c]` give `[n, c]`, where row `i` is `Σ taps[j] · x[i + j]`. A convolution of each column along
  /// the rows with a kernel of its own, without padding.
  ///
  /// @throws GraphException unless both are matrices of as many columns, and `x` has `k` rows or
  ///   more
  public static Node slidingSum(GraphBuilder g, Node x, Node taps) {
    Shape shape = x.type().shape();
    Shape kernel = taps.type().shape();
    require(
        shape.rank() == 2 && kernel.rank() == 2 && shape.dim(1) == kernel.dim(1),
        "slidingSum",
        x,
        "taps %s do not fit".formatted(kernel),
        "pass matrices with as many columns");
    require(
        kernel.dim(0) >= 1 && shape.dim(0) >= kernel.dim(0),
        "slidingSum",
        x,
        "%d rows are no whole window of %d".formatted(shape.dim(0), kernel.dim(0)),
        "put rows of zeros before the first");
    long rows = shape.dim(0) - kernel.dim(0) + 1;
    Node sum = null;
    for (long j = 0; j < kernel.dim(0); j++) {
      Node product = g.mul(g.slice(x, 0, j, rows), g.slice(taps, 0, j, 1));
      sum = sum == null ? product : g.add(sum, product);
    }
    return sum;
  }

  /// The embedding of diffusion time steps `[n]` as `[n, size]`: cosines, then sines, of each step
  /// times the frequencies `maxPeriod^(-j / half)`, where `half = size / 2`; an odd size ends with
  /// a zero (Ho et al. 2020, "Denoising diffusion probabilistic models").
  public static Node timestepEmbedding(GraphBuilder g, Node steps, int size, float maxPeriod) {
    int half = size / 2;
    float[] frequencies = new float[half];
    for (int j = 0; j < half; j++) {
      frequencies[j] = (float) Math.pow(maxPeriod, -(double) j / half);
    }
    Node column = g.reshape(steps, steps.type().shape().elements(), 1);
    Node angles = g.mul(column, g.constant(Shape.of(half), frequencies));
    Node both =
        g.apply(new Concat(-1), g.unary(Unary.Kind.COS, angles), g.unary(Unary.Kind.SIN, angles));
    return size % 2 == 0 ? both : g.pad(both, Pad.Mode.ZERO, 0, 0, 0, 1);
  }

  /// Transposed convolution, the gradient of [GraphBuilder#conv] by its input: `[batch, channels,
  /// …]` with weights `[channels, outputs, kernel…]` gives `[batch, outputs, …]`, of extents `(n -
  /// 1)·stride - 2·padding + dilation·(kernel - 1) + 1`.
  ///
  /// The products of all taps are one matrix product; [Fold] adds them where they overlap.
  public static Node convTranspose(GraphBuilder g, Node x, Node weights, Window window) {
    Shape shape = x.type().shape();
    Shape filters = weights.type().shape();
    long channels = shape.dim(1);
    long positions = window.spatial(shape).elements();
    Node columns = g.reshape(g.cast(x, DataType.F32), shape.dim(0), channels, positions);
    Node flat =
        g.reshape(
            g.cast(weights, DataType.F32), filters.dim(0), filters.elements() / filters.dim(0));
    Node patches = g.matmul(transposed(g, flat), transposed(g, columns));
    return g.apply(new Fold(transposedExtents(shape, window), window), patches);
  }

  private static List<Long> transposedExtents(Shape shape, Window window) {
    long[] extents = window.spatial(shape).dims();
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] =
          (extents[axis] - 1) * window.stride().get(axis)
              - 2L * window.padding().get(axis)
              + (long) window.dilation().get(axis) * (window.kernel().get(axis) - 1)
              + 1;
    }
    return Arrays.stream(extents).boxed().toList();
  }
}
