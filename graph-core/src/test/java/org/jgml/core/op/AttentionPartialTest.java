package org.jgml.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Partial attention, merged and finished, is attention.
final class AttentionPartialTest {
  private static final int TOKENS = 3;
  private static final int HEADS = 4;
  private static final int KEY_HEADS = 2;
  private static final int SIZE = 8;
  private static final int KEYS = 37;
  private static final long SEED = Long.getLong("jgml.seed", 5);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Arguments.Values query = values(TOKENS, HEADS, SIZE);
  private final Arguments.Values key = values(KEYS, KEY_HEADS, SIZE);
  private final Arguments.Values value = values(KEYS, KEY_HEADS, SIZE);

  private Arguments.Values values(long... dims) {
    Shape shape = Shape.of(dims);
    double[] elements = random.doubles(shape.elements(), -2, 2).toArray();
    return new Arguments.Values(shape, elements);
  }

  private static Arguments.Values same(int value) {
    double[] elements = new double[TOKENS];
    Arrays.fill(elements, value);
    return new Arguments.Values(Shape.of(TOKENS), elements);
  }

  private static Arguments.Values apply(Op.Compute op, Arguments.Values... operands) {
    List<TensorType> types = Arrays.stream(operands).map(AttentionPartialTest::typed).toList();
    List<TensorType> declared = new ArrayList<>(types);
    List<String> names = op.operandNames();
    for (int i = 0; i < names.size(); i++) {
      if (List.of("first", "last", "table").contains(names.get(i))) {
        declared.set(i, new TensorType(DataType.I32, types.get(i).shape()));
      }
    }
    TensorType result = op.infer(new Operands(op, "test", declared));
    return new Arguments.Values(
        result.shape(), op.evaluate(new Arguments(op, List.of(operands)), result));
  }

  private static TensorType typed(Arguments.Values values) {
    return new TensorType(DataType.F32, values.shape());
  }

  private Arguments.Values partial(int first, int last) {
    return apply(new AttentionPartial(0.3f, 0, 0), query, key, value, same(first), same(last));
  }

  private double[] whole() {
    return apply(Attention.of(0.3f, AttentionMask.none()), query, key, value).elements();
  }

  private static double[] finish(Arguments.Values merged) {
    return apply(new AttentionFinish(), merged).elements();
  }

  private static Arguments.Values merge(List<Arguments.Values> parts) {
    return apply(new AttentionMerge(parts.size()), parts.toArray(Arguments.Values[]::new));
  }

  @Test
  void anySplitOfTheKeysInAnyOrderIsTheWhole() {
    for (int round = 0; round < 200; round++) {
      List<Arguments.Values> parts = new ArrayList<>();
      int from = 0;
      while (from < KEYS) {
        int end = Math.min(KEYS, from + random.nextInt(20));
        parts.add(random.nextInt(parts.size() + 1), partial(from, end - 1));
        from = end;
      }
      assertArrayEquals(whole(), finish(merge(parts)), 1e-13, "seed " + SEED);
    }
  }

  @Test
  void mergingIsAssociative() {
    List<Arguments.Values> parts =
        List.of(partial(0, 9), partial(10, 9), partial(10, 30), partial(31, 36));
    Arguments.Values left = merge(List.of(merge(parts.subList(0, 2)), merge(parts.subList(2, 4))));
    assertArrayEquals(merge(parts).elements(), left.elements(), 1e-13);
  }

  @Test
  void partsThatSawNothingStayNothing() {
    double[] nothing = merge(List.of(partial(5, 2), partial(40, 50))).elements();
    for (int row = 0; row < TOKENS * HEADS; row++) {
      int at = row * (SIZE + 2);
      assertEquals(Double.NEGATIVE_INFINITY, nothing[at + SIZE]);
      assertEquals(0, nothing[at + SIZE + 1]);
    }
    for (double y : finish(merge(List.of(partial(5, 2), partial(40, 50))))) {
      assertEquals(0, y);
    }
  }

  @Test
  void blocksByATableAreTheRowsThatItNames() {
    Arguments.Values keys = values(6 * 5L, KEY_HEADS, SIZE);
    Arguments.Values table = new Arguments.Values(Shape.of(3), new double[] {4, 0, 2});
    AttentionPartial blocks = new AttentionPartial(0.3f, 0, 5);
    Arguments.Values byTable = apply(blocks, query, keys, keys, same(0), same(14), table);
    List<Arguments.Values> parts = new ArrayList<>();
    for (int block : new int[] {0, 2, 4}) {
      parts.add(
          apply(
              new AttentionPartial(0.3f, 0, 0),
              query,
              keys,
              keys,
              same(block * 5),
              same(block * 5 + 4)));
    }
    assertArrayEquals(finish(merge(parts)), finish(byTable), 1e-13);
  }

  @Test
  void columnSumsOfAllPartsAddUpToOneForEachQuery() {
    Arguments.Values merged = merge(List.of(partial(0, 12), partial(13, 36)));
    AttentionColumnSums op =
        new AttentionColumnSums(0.3f, 0, AttentionColumnSums.Summand.SOFTMAX_WEIGHT);
    Arguments.Values none = new Arguments.Values(Shape.of(KEYS, HEADS), new double[KEYS * HEADS]);
    Arguments.Values some = apply(op, none, query, key, merged, same(0), same(12));
    Arguments.Values all = apply(op, some, query, key, merged, same(13), same(36));
    for (int head = 0; head < HEADS; head++) {
      double total = 0;
      for (int row = 0; row < KEYS; row++) {
        total += all.at(row * HEADS + head);
      }
      assertEquals(TOKENS, total, 1e-12);
    }
  }
}
