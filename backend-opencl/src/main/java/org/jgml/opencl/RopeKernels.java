package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Rotary positions.
final class RopeKernels {
  /// Fraction bits of a frequency in turns; products with positions keep all of them.
  private static final int FRACTION_BITS = 56;

  private RopeKernels() {}

  static Binding angles(RopeAngles op) {
    return (step, compiler) -> {
      Tensor positions = step.input(0);
      Tensor factors = step.named("factors");
      Tensor y = step.output();
      long tokens = positions.type().shape().elements();
      KernelArguments arguments = new KernelArguments().tensor(positions);
      if (factors == null) {
        arguments.noRow();
      } else {
        arguments.row(factors);
      }
      arguments
          .memory(compiler.constant(MemorySegment.ofArray(turns(op))))
          .tensor(y)
          .number((long) op.pairs())
          .number((float) op.magnitude())
          .number(factors == null ? 0 : 1);
      compiler.elementwise(
          ProgramSource.of("rope_angles"), "rope_angles", arguments, op.pairs(), tokens);
    };
  }

  /// The frequency of each pair in fixed point.
  private static long[] turns(RopeAngles op) {
    BigDecimal one = new BigDecimal(BigInteger.ONE.shiftLeft(FRACTION_BITS));
    long[] turns = new long[op.pairs()];
    for (int pair = 0; pair < turns.length; pair++) {
      double frequency = op.frequency(pair, 1) / (2 * Math.PI);
      turns[pair] = new BigDecimal(frequency).multiply(one).longValue();
    }
    return turns;
  }

  static Binding rope(Rope op) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Tensor angles = step.input(1);
      Shape shape = x.type().shape();
      long pairs = angles.type().shape().dim(1);
      KernelArguments arguments =
          new KernelArguments()
              .tensor(x)
              .tensor(angles)
              .tensor(step.output())
              .number(shape.rowLength())
              .number(pairs)
              .number(shape.dim(-2))
              .number(shape.dim(-3))
              .number(op.style() == Rope.Style.NEOX ? 1 : 0);
      ProgramSource source =
          ProgramSource.of("rotation", "rope").withType("TYPE", x.type().dataType());
      compiler.elementwise(source, "rope", arguments, shape.rowLength() - pairs, shape.rows());
    };
  }

  /// Rows of two axes, one a token, whose blocks are not searched for.
  static boolean takes(Fusion.StoredRotation fusion) {
    Shape rotated = fusion.rotation().output().type().shape();
    Shape rows = fusion.store().input(1).type().shape();
    return rotated.rank() == 3
        && rows.rank() == 2
        && rows.dim(0) == rotated.dim(0)
        && FittedBlocks.of(fusion.store().output().type().dataType()).isEmpty();
  }

  static void storedRotation(Fusion.StoredRotation fusion, SegmentCompiler compiler) {
    Tensor x = fusion.rotation().input(0);
    Tensor angles = fusion.rotation().input(1);
    Tensor indices = fusion.store().input(2);
    Tensor y = fusion.store().output();
    long tokens = x.type().shape().dim(0);
    long length = y.type().shape().rowLength();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(angles)
            .bytes(heads(fusion))
            .tensor(indices, indices.layout().broadcastTo(Shape.of(tokens)))
            .number(indices.type().dataType().blockBytes())
            .tensor(y)
            .number(y.type().shape().dim(-2))
            .number(length);
    compiler.fault(arguments);
    DataType type = y.type().dataType();
    compiler.elementwise(
        CastKernels.writer(type, "rotation", "rope_set_rows"),
        "rope_set_rows",
        arguments,
        Math.ceilDiv(length, CastKernels.writeElements(type)),
        tokens);
  }

  /// The `heads_t` of `rope_set_rows.cl`.
  private static ByteBuffer heads(Fusion.StoredRotation fusion) {
    Shape x = fusion.rotation().input(0).type().shape();
    Shape angles = fusion.rotation().input(1).type().shape();
    boolean isNeox = ((Rope) fusion.rotation().op()).style() == Rope.Style.NEOX;
    return ByteBuffer.allocateDirect(4 * Integer.BYTES)
        .order(ByteOrder.nativeOrder())
        .putInt((int) x.rowLength())
        .putInt((int) angles.dim(1))
        .putInt((int) x.dim(1))
        .putInt(isNeox ? 1 : 0)
        .flip();
  }
}
