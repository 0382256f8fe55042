package org.jgml.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class LayoutTest {
  @Test
  void aDenseLayoutCountsUpwards() {
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, offsets(Layout.dense(Shape.of(2, 3))));
  }

  @Test
  void aPermutationWalksColumns() {
    Layout transposed = Layout.dense(Shape.of(2, 3)).permute(1, 0);
    assertArrayEquals(new long[] {0, 3, 1, 4, 2, 5}, offsets(transposed));
    assertFalse(transposed.hasDenseRows());
  }

  @Test
  void aSliceBeginsInTheMiddleAndMayStep() {
    Layout slice = Layout.dense(Shape.of(4, 6)).slice(1, 1, 3, 2).slice(0, 2, 2, 1);
    assertArrayEquals(new long[] {13, 15, 17, 19, 21, 23}, offsets(slice));
  }

  @Test
  void aBroadcastAxisStaysInPlace() {
    Layout broadcast = Layout.dense(Shape.of(3, 1)).broadcastTo(Shape.of(2, 3, 2));
    assertArrayEquals(new long[] {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2}, offsets(broadcast));
  }

  @Test
  void mergingAxesOfAPermutationNeedsACopy() {
    Layout permuted = Layout.dense(Shape.of(2, 3, 4)).permute(1, 0, 2);
    assertEquals(Optional.empty(), permuted.reshape(Shape.of(6, 4)));
    assertTrue(permuted.reshape(Shape.of(3, 2, 2, 2)).isPresent());
  }

  @Test
  void spanReachesTheLastElement() {
    assertEquals(6, Layout.dense(Shape.of(2, 3)).permute(1, 0).span());
    assertEquals(0, Layout.dense(Shape.of(0, 3)).span());
  }

  @RepeatedTest(300)
  void aReshapeShowsTheSameElementsInTheSameOrder(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    Layout layout = randomView(random);
    Shape target = randomFactors(random, layout.shape().elements());
    layout
        .reshape(target)
        .ifPresent(view -> {
          assertEquals(target, view.shape());
          assertArrayEquals(offsets(layout), offsets(view), layout + " as " + target);
        });
    if (layout.isDense()) {
      assertTrue(layout.reshape(target).isPresent());
    }
  }

  private static Layout randomView(Random random) {
    Layout layout = Layout.dense(Shape.of(2 + random.nextInt(3), 4, 6, 1 + random.nextInt(2)));
    for (int i = 0; i < random.nextInt(4); i++) {
      int axis = random.nextInt(4);
      long extent = layout.shape().dim(axis);
      layout =
          switch (random.nextInt(3)) {
            case 0 -> layout.permute(0, 2, 1, 3);
            case 1 -> layout.slice(axis, extent / 2, extent - extent / 2, 1);
            default -> layout.permute(3, 0, 1, 2);
          };
    }
    return layout;
  }

  private static Shape randomFactors(Random random, long elements) {
    Shape shape = Shape.of();
    long left = elements;
    while (left > 1) {
      long factor = 1 + random.nextInt((int) left);
      if (left % factor == 0) {
        shape = shape.append(factor);
        left /= factor;
      }
    }
    return shape;
  }

  /// The offset of every element in row-major order.
  private static long[] offsets(Layout layout) {
    Shape shape = layout.shape();
    long[] offsets = new long[(int) shape.elements()];
    for (int i = 0; i < offsets.length; i++) {
      long at = layout.offset();
      long rest = i;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        at += rest % shape.dim(axis) * layout.stride(axis);
        rest /= shape.dim(axis);
      }
      offsets[i] = at;
    }
    return offsets;
  }
}
