package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.tensor.Shape;

/// Rotary positions.
final class RopeKernels {
  /// Fraction bits of a frequency in turns; products with positions keep all of them.
  private static final int FRACTION_BITS = 56;

  private RopeKernels() {}

  static Binding angles(RopeAngles op) {
    return (step, compiler) -> {
      Tensor positions = step.input(0);
      long tokens = positions.type().shape().elements();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(positions)
              .tensor(step.output())
              .start(step.named("factors"))
              .number(compiler.constant(MemorySegment.ofArray(turns(op))))
              .number((long) op.pairs())
              .number(tokens)
              .number((float) op.magnitude());
      compiler.elementwise(Program.of("rope_angles"), "rope_angles", arguments, op.pairs(), tokens);
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
    KernelArguments arguments = new KernelArguments();
    Geometry geometry = putStoredRotation(fusion, arguments, compiler);
    boolean isQuantised = fusion.store().output().type().dataType().isQuantised();
    String kernel = isQuantised ? "rope_set_rows" : "rope_set_rows_plain";
    compiler.launch(Program.of("rope_set_rows"), kernel, arguments, geometry);
  }

  /// A `rope_set_rows_t`.
  ///
  /// @return what threads there have to be for it
  static Geometry putStoredRotation(
      Fusion.StoredRotation fusion, KernelArguments arguments, SegmentCompiler compiler) {
    Tensor x = fusion.rotation().input(0);
    Tensor angles = fusion.rotation().input(1);
    Rope op = (Rope) fusion.rotation().op();
    Shape shape = x.type().shape();
    long pairs = angles.type().shape().dim(1);
    boolean isQuantised = fusion.store().output().type().dataType().isQuantised();
    long rows = isQuantised ? shape.dim(0) : shape.rows();
    long items =
        isQuantised
            ? Math.ceilDiv(shape.dim(1) * shape.dim(2), CastKernels.WRITE_ELEMENTS)
            : shape.rowLength() - pairs;
    IndexedRowKernels.putStoredRows(fusion.store(), arguments, compiler)
        .tensor(x)
        .tensor(angles)
        .number(shape.rowLength())
        .number(pairs)
        .number(shape.dim(1))
        .number(items)
        .number(rows)
        .flag(op.style() == Rope.Style.NEOX);
    return Geometry.elements(items * rows);
  }

  static void rope(Step step, SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments();
    Geometry geometry = putRotation(step, arguments);
    String kernel = ElementwiseKernels.typed("rope", step.input(0));
    compiler.launch(Program.of("rope"), kernel, arguments, geometry);
  }

  /// A `rope_t`.
  ///
  /// @return what threads there have to be for it
  static Geometry putRotation(Step step, KernelArguments arguments) {
    Tensor x = step.input(0);
    Tensor angles = step.input(1);
    Shape shape = x.type().shape();
    long pairs = angles.type().shape().dim(1);
    long items = shape.rowLength() - pairs;
    arguments
        .tensor(x)
        .tensor(step.output())
        .tensor(angles)
        .number(shape.rowLength())
        .number(pairs)
        .number(shape.dim(-2))
        .number(shape.dim(-3))
        .number(items)
        .number(shape.rows())
        .flag(((Rope) step.op()).style() == Rope.Style.NEOX);
    return Geometry.elements(Math.multiplyExact(items, shape.rows()));
  }
}
