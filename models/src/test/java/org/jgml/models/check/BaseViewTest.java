package org.jgml.models.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.junit.jupiter.api.Test;

final class BaseViewTest {
  /// The view that slicing and permuting the base gives.
  private static Layout rebuilt(BaseView view) {
    Layout layout = Layout.dense(view.base());
    for (int axis = 0; axis < view.base().rank(); axis++) {
      layout = layout.slice(axis, view.starts()[axis], view.sliced().dim(axis), 1);
    }
    return layout.permute(view.order().stream().mapToInt(Integer::intValue).toArray());
  }

  private static void assertSame(StridedView view, BaseView base) {
    Layout layout = rebuilt(base);
    Layout each = layout.reshape(layout.shape().append(1)).orElseThrow();
    for (long i = 0; i < view.shape().elements(); i++) {
      assertEquals(view.place(i), each.rowOffset(i), () -> view + " as " + base);
    }
  }

  @Test
  void permutedSlicesAreTakenApart() {
    Random random = new Random(8);
    int found = 0;
    for (int round = 0; round < 500; round++) {
      StridedView view = randomView(random);
      long last = view.place(view.shape().elements() - 1);
      var base = BaseView.of(view, last + 1);
      if (base.isPresent()) {
        found++;
        assertSame(view, base.get());
      }
    }
    assertTrue(found > 300, "only " + found + " of 500");
  }

  /// A run of indices on each axis of a dense tensor, axes shuffled.
  private static StridedView randomView(Random random) {
    long[] extents = random.longs(4, 1, 6).toArray();
    long[] strides = new long[4];
    long[] dims = new long[4];
    long offset = 0;
    long stride = 1;
    for (int axis = 3; axis >= 0; axis--) {
      strides[axis] = stride;
      dims[axis] = 1 + random.nextLong(extents[axis]);
      offset += random.nextLong(extents[axis] - dims[axis] + 1) * stride;
      stride *= extents[axis];
    }
    int shift = random.nextInt(4);
    return new StridedView(Shape.of(rotated(dims, shift)), rotated(strides, shift), offset);
  }

  private static long[] rotated(long[] values, int shift) {
    long[] rotated = new long[values.length];
    Arrays.setAll(rotated, i -> values[(i + shift) % values.length]);
    return rotated;
  }

  @Test
  void whatGraphsCannotSayIsRefused() {
    Shape shape = Shape.of(2, 3);
    assertTrue(BaseView.of(new StridedView(shape, new long[] {6, 2}, 0), 12).isEmpty(), "gaps");
    assertTrue(BaseView.of(new StridedView(shape, new long[] {0, 1}, 0), 3).isEmpty(), "repeats");
    assertTrue(BaseView.of(new StridedView(shape, new long[] {2, 1}, 0), 5).isEmpty(), "overlap");
    assertTrue(BaseView.of(new StridedView(shape, new long[] {4, 3}, 0), 12).isEmpty(), "uneven");
  }
}
