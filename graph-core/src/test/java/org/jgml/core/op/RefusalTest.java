package org.jgml.core.op;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Operands that nobody thought of: whatever they are, an op takes them or says what is wrong.
final class RefusalTest {
  private static final long SEED = 20260;
  private static final int TRIALS = 400;
  private static final long[] EXTENTS = {0, 1, 2, 3, 4, 5, 8, 32, 33, 64, 256};
  private static final List<DataType> TYPES =
      List.of(
          DataType.F32,
          DataType.F16,
          DataType.BF16,
          DataType.I32,
          DataType.I64,
          DataType.Q4_0,
          DataType.Q4_K);
  private static final Pattern FORM =
      Pattern.compile("(?s)\\w+ 'node': .+\\. Operands: .+\\. Fix: .+\\.");

  private final Random random = new Random(SEED);

  static List<OpSpec> specs() {
    return OpTable.all();
  }

  @ParameterizedTest
  @MethodSource("specs")
  void anOpTakesAnyOperandsOrRefusesThemInTheOneForm(OpSpec spec) {
    List<Op> ops = new ArrayList<>();
    List<List<TensorType>> operands = new ArrayList<>();
    for (Sample sample : spec.samples()) {
      ops.add(sample.op());
      operands.add(sample.operands().stream().map(Sample.Operand::type).toList());
    }
    for (ErrorSample sample : spec.errorSamples()) {
      ops.add(sample.op());
      operands.add(sample.operands());
    }
    for (int trial = 0; trial < TRIALS; trial++) {
      int sample = random.nextInt(ops.size());
      List<TensorType> changed = new ArrayList<>(operands.get(sample));
      if (!changed.isEmpty()) {
        int place = random.nextInt(changed.size());
        changed.set(place, changed(changed.get(place)));
      }
      requireForm(ops.get(sample), changed);
    }
  }

  private static void requireForm(Op op, List<TensorType> operands) {
    try {
      op.infer(new Operands(op, "node", operands));
    } catch (GraphException refusal) {
      assertTrue(FORM.matcher(refusal.getMessage()).matches(), refusal::getMessage);
    } catch (RuntimeException other) {
      throw new AssertionError(
          "%s of %s, seed %d, is refused with %s".formatted(op, operands, SEED, other), other);
    }
  }

  /// A type that differs in one extent, in an axis, in the element type, or in everything.
  private TensorType changed(TensorType type) {
    long[] dims = type.shape().dims();
    DataType other = TYPES.get(random.nextInt(TYPES.size()));
    return switch (random.nextInt(dims.length == 0 ? 3 : 5)) {
      case 0 -> legal(type.dataType(), type.shape().append(extent()).dims());
      case 1 -> legal(other, dims);
      case 2 ->
          legal(
              other,
              Stream.generate(this::extent)
                  .limit(random.nextInt(6))
                  .mapToLong(Long::longValue)
                  .toArray());
      case 3 ->
          legal(type.dataType(), type.shape().with(random.nextInt(dims.length), extent()).dims());
      default -> legal(type.dataType(), type.shape().range(1, dims.length).dims());
    };
  }

  private long extent() {
    return EXTENTS[random.nextInt(EXTENTS.length)];
  }

  /// The type, or F32 of the same shape if rows are no whole number of blocks.
  private static TensorType legal(DataType type, long... dims) {
    long row = dims.length == 0 ? 1 : dims[dims.length - 1];
    return TensorType.of(row % type.blockElements() == 0 ? type : DataType.F32, dims);
  }
}
