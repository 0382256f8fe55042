package org.jgml.bench;

import java.util.List;
import java.util.stream.Collectors;
import org.jgml.core.op.Cost;
import org.jgml.core.op.Op;
import org.jgml.core.op.Operands;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.TensorType;

/// An op with operands of a size that is worth timing.
///
/// @param op the op
/// @param operands what it is given
/// @param part extents of the leading block of each operand that gives the leading block of the
///   result; so much is checked against the reference, which would take minutes for all
/// @param isEssential whether decoding or prefill depends on it; `--quick` runs only these
record Workload(
    Op.Compute op, List<Sample.Operand> operands, List<long[]> part, boolean isEssential) {
  /// A workload that is checked as a whole.
  static Workload of(Op.Compute op, Sample.Operand... operands) {
    List<long[]> all =
        List.of(operands).stream().map(operand -> operand.type().shape().dims()).toList();
    return new Workload(op, List.of(operands), all, false);
  }

  /// The same, checked on the leading blocks of its operands.
  Workload checkedOn(long[]... blocks) {
    return new Workload(op, operands, List.of(blocks), isEssential);
  }

  /// The same, as one that decoding or prefill depends on.
  Workload essential() {
    return new Workload(op, operands, part, true);
  }

  /// The name that tells it from all others.
  String name() {
    return op.name() + " " + shapes() + " " + types();
  }

  /// Shapes of the operands.
  String shapes() {
    return operands.stream()
        .map(operand -> operand.type().shape().toString().replace(" ", ""))
        .collect(Collectors.joining(" "));
  }

  /// Element types: of the operands, and of the result where it is another than all of them.
  String types() {
    String given =
        operands.stream()
            .map(operand -> operand.type().dataType().name())
            .distinct()
            .collect(Collectors.joining("·"));
    String result = result().dataType().name();
    return given.contains(result) ? given : given + "→" + result;
  }

  TensorType result() {
    return op.infer(operandTypes());
  }

  /// The least work of one run.
  Cost cost() {
    return op.cost(operandTypes(), result());
  }

  private Operands operandTypes() {
    return new Operands(op, op.name(), operands.stream().map(Sample.Operand::type).toList());
  }

  /// The op on the leading blocks of its operands.
  Workload leading() {
    Sample.Operand[] blocks = new Sample.Operand[operands.size()];
    for (int i = 0; i < blocks.length; i++) {
      Sample.Operand whole = operands.get(i);
      TensorType type = TensorType.of(whole.type().dataType(), part.get(i));
      blocks[i] = new Sample.Operand(type, whole.fill());
    }
    return of(op, blocks);
  }
}
