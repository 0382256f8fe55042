package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.tensor.Shape;

/// Rotary position embedding.
final class RopeKernels {
  /// Time for a cosine and a sine in double precision.
  private static final long NANOS_PER_PAIR = 50;

  private RopeKernels() {}

  static Binding angles(RopeAngles op) {
    return (step, compiler) -> {
      int tokens = Math.toIntExact(step.output().type().shape().dim(0));
      Parts parts = Parts.of(tokens, NANOS_PER_PAIR * op.pairs(), compiler.workers());
      double[] frequencies =
          IntStream.range(0, op.pairs()).mapToDouble(pair -> op.frequency(pair, 1)).toArray();
      Tensor factors = step.named("factors");
      compiler.add(
          new AngleKernel(
              new Indices(step.input(0)),
              factors == null ? null : Rows.of(factors),
              frequencies,
              (float) op.magnitude(),
              step.output(),
              parts));
    };
  }

  private record AngleKernel(
      Indices positions,
      Rows factors,
      double[] frequencies,
      float magnitude,
      Tensor y,
      Parts tokenParts)
      implements Kernel {
    @Override
    public int parts() {
      return tokenParts.count();
    }

    @Override
    public void run(int part, int worker) {
      for (int token = tokenParts.first(part); token < tokenParts.end(part); token++) {
        double position = positions.get(0, token);
        long element = y.layout().offset() + 2L * token * frequencies.length;
        writeToken(position, y.segment(), y.byteOffset(element));
      }
    }

    private void writeToken(double position, MemorySegment target, long at) {
      for (int pair = 0; pair < frequencies.length; pair++) {
        double angle = position * frequencies[pair] / factor(pair);
        ScalarRowMath.set(target, at, 2 * pair, magnitude * Math.cos(angle));
        ScalarRowMath.set(target, at, 2 * pair + 1, magnitude * Math.sin(angle));
      }
    }

    private float factor(int pair) {
      return factors == null ? 1 : ScalarRowMath.get(factors.segment(), factors.at(0), pair);
    }
  }

  static Binding rope(Rope op) {
    return (step, compiler) -> RowKernel.bind(rotation(op, step, compiler.rows()), step, compiler);
  }

  private static RowKernel.Function rotation(Rope op, Step step, RowMath math) {
    Shape shape = step.output().type().shape();
    int heads = Math.toIntExact(shape.dim(-2));
    int tokens = Math.toIntExact(shape.dim(-3));
    Turns turns = Turns.of(step.input(1));
    RowKernel.Function turn = turns.areDense ? dense(op, turns, math) : strided(op, turns);
    return (row, x, xAt, y, yAt, length) -> {
      turn.apply(row / heads % tokens, x, xAt, y, yAt, length);
      long rest = 8L * turns.pairs;
      MemorySegment.copy(x, xAt + rest, y, yAt + rest, 4L * length - rest);
    };
  }

  /// The angles of tokens, as pairs of cosine and sine.
  private record Turns(Tensor angles, MemorySegment segment, int pairs, boolean areDense) {
    static Turns of(Tensor angles) {
      int pairs = Math.toIntExact(angles.type().shape().dim(1));
      boolean areDense = pairs == 1 || angles.layout().stride(1) == 2;
      return new Turns(angles, angles.segment(), pairs, areDense);
    }

    long at(int token, int pair) {
      return angles.byteOffset(angles.layout().rowOffset((long) token * pairs + pair));
    }
  }

  private static RowKernel.Function dense(Rope op, Turns turns, RowMath math) {
    return switch (op.style()) {
      case NORMAL ->
          (token, x, xAt, y, yAt, _) ->
              math.rotateNeighbours(x, xAt, turns.segment, turns.at(token, 0), y, yAt, turns.pairs);
      case NEOX ->
          (token, x, xAt, y, yAt, _) ->
              math.rotateHalves(x, xAt, turns.segment, turns.at(token, 0), y, yAt, turns.pairs);
    };
  }

  private static RowKernel.Function strided(Rope op, Turns turns) {
    return (token, x, xAt, y, yAt, _) -> {
      for (int pair = 0; pair < turns.pairs; pair++) {
        long at = turns.at(token, pair);
        float cosine = ScalarRowMath.get(turns.segment, at, 0);
        float sine = ScalarRowMath.get(turns.segment, at, 1);
        int i = op.style().first(pair);
        int j = op.style().second(pair, turns.pairs);
        float first = ScalarRowMath.get(x, xAt, i);
        float second = ScalarRowMath.get(x, xAt, j);
        ScalarRowMath.set(y, yAt, i, first * cosine - second * sine);
        ScalarRowMath.set(y, yAt, j, first * sine + second * cosine);
      }
    };
  }
}
