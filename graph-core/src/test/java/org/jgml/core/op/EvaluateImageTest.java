package org.jgml.core.op;

import static org.jgml.core.op.Evaluation.f32;
import static org.jgml.core.op.Evaluation.i32;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.junit.jupiter.api.Test;

/// The meaning of ops on images and of blocks of tensors, on values computed by hand.
final class EvaluateImageTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static final Evaluation.Operand IMAGE =
      f32(Shape.of(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);

  @Test
  void convolutionDoesNotMirrorTheKernel() {
    Evaluation.Operand weights = f32(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    Evaluation.of(new Conv(Window.of(2, 2), 1), IMAGE, weights)
        .gives(Shape.of(1, 1, 2, 2), 5421, 6532, 8754, 9865);
  }

  @Test
  void convolutionStridesPadsAndDilates() {
    Evaluation.Operand x = f32(Shape.of(1, 1, 5), 1, 2, 3, 4, 5);
    Evaluation.Operand weights = f32(Shape.of(1, 1, 2), 1, 10);
    Evaluation.of(new Conv(Window.of(2).withStride(2), 1), x, weights).gives(21, 43);
    Evaluation.of(new Conv(Window.of(2).withPadding(1), 1), x, weights)
        .gives(10, 21, 32, 43, 54, 5);
    Evaluation.of(new Conv(Window.of(2).withDilation(3), 1), x, weights).gives(41, 52);
  }

  @Test
  void convolutionKeepsGroupsApart() {
    Evaluation.Operand x = f32(Shape.of(1, 2, 2), 1, 2, 3, 4);
    Evaluation.Operand depthwise = f32(Shape.of(2, 1, 1), 10, 100);
    Evaluation.of(new Conv(Window.of(1), 2), x, depthwise).gives(10, 20, 300, 400);
    Evaluation.Operand all = f32(Shape.of(1, 2, 1), 10, 100);
    Evaluation.of(new Conv(Window.of(1), 1), x, all).gives(310, 420);
  }

  @Test
  void unfoldMakesAColumnOfEachPatch() {
    Evaluation.of(new Unfold(Window.of(2, 2)), IMAGE)
        .gives(Shape.of(1, 4, 4), 1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9);
    Evaluation.of(new Unfold(Window.of(2).withPadding(1)), f32(Shape.of(1, 1, 2), 1, 2))
        .gives(Shape.of(1, 2, 3), 0, 1, 2, 1, 2, 0);
  }

  @Test
  void foldAddsWherePatchesOverlap() {
    Evaluation.Operand patches = f32(Shape.of(1, 2, 3), 1, 2, 3, 10, 20, 30);
    Evaluation.of(new Fold(List.of(4L), Window.of(2)), patches)
        .gives(Shape.of(1, 1, 4), 1, 12, 23, 30);
    Evaluation.of(new Fold(List.of(6L), Window.of(2).withStride(2)), patches)
        .gives(1, 10, 2, 20, 3, 30);
    Evaluation.of(new Fold(List.of(2L), Window.of(2).withPadding(1)), patches).gives(12, 23);
  }

  @Test
  void poolingCountsPaddingInMeansOnly() {
    Evaluation.Operand x = f32(Shape.of(1, 1, 3), -1, -2, -6);
    Window window = Window.of(3).withStride(2).withPadding(1);
    Evaluation.of(new Pool(Pool.Reduction.MAXIMUM, window), x).gives(-1, -2);
    Evaluation.of(new Pool(Pool.Reduction.MEAN, window), x).gives(-1, -8 / 3.0);
    Evaluation.of(new Pool(Pool.Reduction.MAXIMUM, Window.of(2, 2)), IMAGE).gives(5, 6, 8, 9);
  }

  @Test
  void resizeTakesTheNearestPixel() {
    Evaluation.of(new Resize(1, 5, Interpolation.NEAREST, false), f32(Shape.of(1, 3), 1, 2, 3))
        .gives(1, 1, 2, 2, 3);
    Evaluation.of(
            new Resize(1, 2, Interpolation.NEAREST, false), f32(Shape.of(2, 3), 1, 2, 3, 4, 5, 6))
        .gives(1, 2);
  }

  @Test
  void resizeDrawsLinesBetweenPixels() {
    Evaluation.Operand x = f32(Shape.of(2, 2), 1, 2, 5, 6);
    Evaluation.of(new Resize(2, 4, Interpolation.BILINEAR, false), x)
        .gives(1, 1.25, 1.75, 2, 5, 5.25, 5.75, 6);
    Evaluation.of(new Resize(3, 3, Interpolation.BILINEAR, true), x)
        .gives(1, 1.5, 2, 3, 3.5, 4, 5, 5.5, 6);
  }

  @Test
  void resizeConvolvesWithCubics() {
    Interpolation.Taps taps = Interpolation.BICUBIC.taps(8, 16, false)[6];
    assertArrayEquals(new int[] {1, 2, 3, 4}, taps.positions());
    assertArrayEquals(
        new double[] {-0.03515625, 0.26171875, 0.87890625, -0.10546875}, taps.weights(), 1e-12);
  }

  @Test
  void resizeAveragesWhatIsLost() {
    Evaluation.Operand x = f32(Shape.of(1, 4), 0, 0, 8, 0);
    Evaluation.of(new Resize(1, 2, Interpolation.BILINEAR_ANTIALIASED, false), x)
        .gives(8 / 7.0, 24 / 7.0);
    Evaluation.of(new Resize(1, 2, Interpolation.BILINEAR, false), x).gives(0, 4);
  }

  @Test
  void padMirrorsRepeatsAndGoesRound() {
    Evaluation.Operand x = f32(1, 2, 3);
    Evaluation.of(Pad.of(2, 1).with(Pad.Mode.REFLECT), x).gives(3, 2, 1, 2, 3, 2);
    Evaluation.of(Pad.of(2, 1).with(Pad.Mode.REPLICATE), x).gives(1, 1, 1, 2, 3, 3);
    Evaluation.of(Pad.of(4, 1).with(Pad.Mode.CIRCULAR), x).gives(3, 1, 2, 3, 1, 2, 3, 1);
    Evaluation.of(Pad.of(1, 0, 0, 1).with(Pad.Mode.CIRCULAR), f32(Shape.of(2, 2), 1, 2, 3, 4))
        .gives(Shape.of(3, 3), 3, 4, 3, 1, 2, 1, 3, 4, 3);
  }

  @Test
  void bandKeepsDiagonals() {
    Evaluation.Operand x = f32(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Evaluation.of(new Band(Band.LOWEST, 0, 0), x).gives(1, 0, 0, 4, 5, 0);
    Evaluation.of(new Band(1, Band.HIGHEST, -1), x).gives(-1, 2, 3, -1, -1, 6);
    Evaluation.of(new Band(Band.LOWEST, 1, Float.NEGATIVE_INFINITY), x)
        .gives(1, 2, -INFINITY, 4, 5, 6);
    Evaluation.of(new Band(Band.LOWEST, -1, 0), f32(Shape.of(1, 1), Double.NaN)).gives(0);
  }

  @Test
  void setSliceReplacesOrAdds() {
    Evaluation.Operand x = f32(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Evaluation.Operand values = f32(Shape.of(2, 1), 10, 20);
    List<Long> starts = List.of(0L, 1L);
    Evaluation.of(new SetSlice(starts, SetSlice.Update.REPLACE), x, values)
        .gives(1, 10, 3, 4, 20, 6);
    Evaluation.of(new SetSlice(starts, SetSlice.Update.ADD), x, values).gives(1, 12, 3, 4, 25, 6);
  }

  @Test
  void equalElementsAreCounted() {
    Evaluation count = Evaluation.of(new CountEqual(), i32(1, 2, 3, 4), i32(1, 3, 3, 4));
    count.gives(3);
    assertEquals("I64 [1]", count.type().toString());
  }
}
