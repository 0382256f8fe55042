package org.jgml.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OpTableTest {
  private static final String NODE = "blk.3.node";

  static List<OpSpec> specs() {
    return OpTable.all();
  }

  static List<OpSpec> computeSpecs() {
    return OpTable.compute();
  }

  @Test
  void listsEveryPermittedOp() {
    Set<Class<?>> listed =
        OpTable.all().stream()
            .map(spec -> spec.samples().getFirst().op().getClass())
            .collect(Collectors.toSet());
    Set<Class<?>> permitted = new HashSet<>(List.of(Op.Compute.class.getPermittedSubclasses()));
    permitted.addAll(List.of(Op.View.class.getPermittedSubclasses()));
    assertEquals(permitted, listed);
  }

  @Test
  void namesEveryOpDifferently() {
    List<String> names = OpTable.all().stream().map(OpSpec::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size(), names::toString);
  }

  @ParameterizedTest
  @MethodSource("computeSpecs")
  void showsEnoughRightAndWrongUses(OpSpec spec) {
    assertTrue(spec.samples().size() >= 4, spec.name());
    assertTrue(spec.errorSamples().size() >= 3, spec.name());
  }

  @Test
  void showsAHundredWrongUses() {
    assertTrue(specs().stream().mapToInt(spec -> spec.errorSamples().size()).sum() >= 100);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void acceptsItsSamples(OpSpec spec) {
    for (Sample sample : spec.samples()) {
      List<TensorType> types = sample.operands().stream().map(Sample.Operand::type).toList();
      Operands operands = new Operands(sample.op(), NODE, types);
      TensorType result = sample.op().infer(operands);
      assertTrue(result.shape().elements() > 0, () -> spec.name() + ": " + sample.label());
      assertEquals(spec.name(), sample.op().name());
      assertTrue(sample.op().operandNames().containsAll(spec.operandNames()));
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void labelsItsSamplesDifferently(OpSpec spec) {
    List<String> labels = spec.samples().stream().map(Sample::label).toList();
    assertEquals(labels.size(), new HashSet<>(labels).size(), labels::toString);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void refusesItsErrorSamplesInPlainWords(OpSpec spec) {
    for (ErrorSample sample : spec.errorSamples()) {
      GraphException refusal =
          assertThrows(
              GraphException.class,
              () -> sample.op().infer(new Operands(sample.op(), NODE, sample.operands())),
              () -> spec.name() + ": " + sample.message());
      String message = refusal.getMessage();
      assertTrue(message.startsWith(spec.name() + " '" + NODE + "': "), message);
      assertTrue(message.contains(sample.message()), message);
      assertTrue(message.matches("(?s).*[0-9].*\\. Operands: .*\\. Fix: .+\\."), message);
    }
  }

  @ParameterizedTest
  @MethodSource("computeSpecs")
  void costsTheBytesOfItsResultAtLeast(OpSpec spec) {
    for (Sample sample : spec.samples()) {
      Operands operands = operands(sample);
      TensorType result = sample.op().infer(operands);
      Cost cost = ((Op.Compute) sample.op()).cost(operands, result);
      boolean partlyWritten = ((Op.Compute) sample.op()).overwritesFirstOperand();
      assertTrue(cost.flops() >= 0, spec.name());
      assertTrue(partlyWritten || cost.bytes() >= result.bytes(), spec.name());
    }
  }

  @ParameterizedTest
  @MethodSource("computeSpecs")
  void namesOnlyOperandsThatItHasAsReusable(OpSpec spec) {
    for (Sample sample : spec.samples()) {
      for (int operand : ((Op.Compute) sample.op()).reusableOperands()) {
        assertTrue(operand < sample.operands().size(), spec.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("computeSpecs")
  void givesAsManyValuesAsItsResultHas(OpSpec spec) {
    for (Sample sample : small(spec)) {
      double[] values = evaluate(sample, arguments(sample));
      assertEquals(sample.op().infer(operands(sample)).shape().elements(), values.length);
    }
  }

  /// What lets a result take over an operand's memory.
  @ParameterizedTest
  @MethodSource("computeSpecs")
  void keepsTheRowsOfReusableOperandsApart(OpSpec spec) {
    for (Sample sample : small(spec)) {
      TensorType result = sample.op().infer(operands(sample));
      for (int operand : ((Op.Compute) sample.op()).reusableOperands()) {
        if (sample.operands().get(operand).type().equals(result)) {
          requireSeparateRows(sample, operand, (int) result.shape().rowLength());
        }
      }
    }
  }

  private static void requireSeparateRows(Sample sample, int operand, int rowLength) {
    double[] before = evaluate(sample, arguments(sample));
    Arguments changed = arguments(sample);
    Arrays.fill(changed.get(operand).elements(), 0, rowLength, 0.75);
    double[] after = evaluate(sample, changed);
    assertArrayEquals(
        Arrays.copyOfRange(before, rowLength, before.length),
        Arrays.copyOfRange(after, rowLength, after.length),
        () -> sample.op().name() + ": " + sample.label());
  }

  private static List<Sample> small(OpSpec spec) {
    return spec.samples().stream()
        .filter(sample -> sample.op().infer(operands(sample)).shape().elements() <= 10_000)
        .toList();
  }

  private static Operands operands(Sample sample) {
    return new Operands(
        sample.op(), NODE, sample.operands().stream().map(Sample.Operand::type).toList());
  }

  private static double[] evaluate(Sample sample, Arguments arguments) {
    return ((Op.Compute) sample.op()).evaluate(arguments, sample.op().infer(operands(sample)));
  }

  private static Arguments arguments(Sample sample) {
    Stream<TensorType> types = sample.operands().stream().map(Sample.Operand::type);
    return new Arguments(sample.op(), types.map(OpTableTest::values).toList());
  }

  private static Arguments.Values values(TensorType type) {
    double[] elements = new double[(int) type.shape().elements()];
    if (!type.dataType().isInteger()) {
      Arrays.setAll(elements, i -> Math.sin(i + 1));
    }
    return new Arguments.Values(type.shape(), elements);
  }

  @Test
  void saysWhatIsWrongAndWhatToDo() {
    TopK op = new TopK(9);
    Operands operands =
        new Operands(op, "blk.0.router", List.of(TensorType.of(DataType.F32, 2, 8)));
    GraphException refusal = assertThrows(GraphException.class, () -> op.infer(operands));
    assertEquals(
        "top_k 'blk.0.router': k is 9 for rows of 8. Operands: x=F32 [2, 8]. "
            + "Fix: pass a k from 1 to the row length.",
        refusal.getMessage());
  }
}
