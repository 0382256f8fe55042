package org.jgml.core.op;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.TensorType;

/// An operation: an op code with typed parameters. Immutable; says nothing of operands' bytes.
///
/// The groups are types: [Source] nodes bring values into a graph, [View] nodes only change a
/// layout, [Executed] nodes take a step of a run: [Compute] nodes on a device, [HostCall] nodes on
/// the host.
public sealed interface Op {
  /// The op's name in texts and tables, in snake_case.
  String name();

  /// The names of the operands of this op with these parameters, in order.
  List<String> operandNames();

  /// The type of the result.
  ///
  /// @throws org.jgml.core.tensor.GraphException if the operands or the parameters are not valid
  TensorType infer(Operands operands);

  /// A node that brings values into the graph.
  sealed interface Source extends Op permits Input, Weight, State, Constant {
    @Override
    default List<String> operandNames() {
      return List.of();
    }
  }

  /// A node that shows its operand's bytes under another layout; it costs nothing.
  sealed interface View extends Op permits Reshape, Permute, Slice, Broadcast {
    /// The layout of the view, or empty if strides cannot express it and the bytes must be copied.
    Optional<Layout> view(Layout operand);

    /// Facts for tests and tables.
    OpSpec spec();

    @Override
    default String name() {
      return spec().name();
    }

    @Override
    default List<String> operandNames() {
      return List.of("x");
    }
  }

  /// A node whose value is made during a run.
  sealed interface Executed extends Op permits Compute, HostCall {}

  /// A node that a device runs.
  sealed interface Compute extends Executed
      permits Argmax,
          Argsort,
          Attention,
          AttentionColumnSums,
          AttentionFinish,
          AttentionMerge,
          AttentionPartial,
          Band,
          Binary,
          Cast,
          Clamp,
          Concat,
          Conv,
          Copy,
          CountEqual,
          Cumsum,
          Fold,
          GetRows,
          Glu,
          GroupNorm,
          L2Norm,
          LeakyRelu,
          LinearAttention,
          MatMul,
          MatMulId,
          MaxRows,
          Mean,
          Norm,
          Pad,
          Pool,
          Repeat,
          Resize,
          RmsNorm,
          Rope,
          RopeAngles,
          Scale,
          SetRows,
          SetSlice,
          Softmax,
          Sum,
          SumRows,
          SwigluOai,
          TopK,
          Unary,
          Unfold,
          Xielu {
    /// Facts for tests, benchmarks and tables.
    OpSpec spec();

    /// What the op means: the result, row-major, computed in double precision by plain loops.
    ///
    /// @param operands dense values of the operands
    /// @param result the inferred type
    double[] evaluate(Arguments operands, TensorType result);

    /// Work done for these operands.
    default Cost cost(Operands operands, TensorType result) {
      return Cost.ofBytes(operands, result).withFlops(result.shape().elements());
    }

    /// Terms that come together in one element of the result: what rounding errors grow with, and
    /// so the tolerances of tests. By default the operations for an element.
    default long reductionLength(Operands operands, TensorType result) {
      long elements = Math.max(1, result.shape().elements());
      return Math.max(1, cost(operands, result).flops() / elements);
    }

    /// Operands that are factors of sums of products, along their rows; a device may multiply them
    /// with fewer bits, if it says so.
    default List<Integer> factors() {
      return List.of();
    }

    /// The one of [#factors] whose rows are multiplied by weights that the op makes itself and that
    /// may have fewer bits, too; the result is linear in it. -1 for none.
    default int weightedFactor() {
      return -1;
    }

    /// Whether the result is defined where operands hold NaN or infinities.
    default boolean admitsNonFinite() {
      return true;
    }

    /// Whether a factor may be zero in F32 and not exactly, so that NaN may stand for an infinity.
    default boolean roundsFactorsToZero() {
      return false;
    }

    /// Whether an operand may hold any numbers, however large or small; not if it says something of
    /// the others.
    default boolean admitsAnyValues() {
      return true;
    }

    /// Operands whose memory the result may take over when it is theirs alone and of equal type:
    /// element `i` of the result depends on no element of them but those of its own row, and a
    /// kernel reads a row before it writes it.
    default List<Integer> reusableOperands() {
      return List.of();
    }

    /// Whether operands must be dense as a whole; others may lie anywhere row by row.
    default boolean needsDenseOperands() {
      return false;
    }

    /// Whether the result *is* operand 0 with some of its bytes overwritten.
    default boolean overwritesFirstOperand() {
      return false;
    }

    @Override
    default String name() {
      return spec().name();
    }

    @Override
    default List<String> operandNames() {
      return spec().operandNames();
    }
  }
}
