package org.jgml.models.check;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jgml.core.graph.Compositions;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Interpolation;
import org.jgml.core.op.Pool;
import org.jgml.core.op.Resize;
import org.jgml.core.op.Unfold;
import org.jgml.core.op.Window;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Convolutions, pooling and other sizes of images. ggml names the innermost axis of a window
/// first.
final class ImageOps {
  private static final int ALIGN_CORNERS = 1 << 8;

  private ImageOps() {}

  static Map<String, Translation> translations() {
    return Map.of(
        "im2col",
        ImageOps::patches,
        "conv_1d",
        ImageOps::sound,
        "conv_2d",
        g -> image(g, 1),
        "conv_2d_dw",
        g -> image(g, g.input(0).type().shape().dim(0)),
        "conv_transpose_1d",
        g -> transposed(g, window(g, 1)),
        "conv_transpose_2d_p0",
        ImageOps::transposedImage,
        "pool_1d",
        g -> pool(g, 1),
        "pool_2d",
        g -> pool(g, 2),
        "upscale",
        ImageOps::resize,
        "interpolate",
        ImageOps::resize);
  }

  private static Window window(CaseGraph g, int axes) {
    Shape kernel = g.input(0).type().shape();
    long[] spatial = kernel.range(kernel.rank() - axes, kernel.rank()).dims();
    return new Window(
        Arrays.stream(spatial).mapToInt(Math::toIntExact).boxed().toList(),
        entries(g, "s", axes),
        entries(g, "p", axes),
        entries(g, "d", axes));
  }

  /// A parameter for each axis, outermost first: one number, a list, or one member for each axis.
  private static List<Integer> entries(CaseGraph g, String name, int axes) {
    long[] entries = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      int innermost = axes - 1 - axis;
      entries[axis] =
          g.parameters().has(name + innermost)
              ? g.parameters().integer(name + innermost)
              : g.parameters().each(name, axes)[innermost];
    }
    return Arrays.stream(entries).mapToInt(Math::toIntExact).boxed().toList();
  }

  /// One patch a row.
  private static Node patches(CaseGraph g) {
    int axes = g.parameters().flag("is_2d") ? 2 : 1;
    Node columns = g.apply(new Unfold(window(g, axes)), images(g, axes));
    Node rows = Compositions.transposed(g.builder(), columns);
    return g.builder().reshape(g.builder().cast(rows, g.outputType()), g.outputShape().dims());
  }

  /// The second input as `[batch, channels, …]`.
  private static Node images(CaseGraph g, int axes) {
    return g.input(1, axes + 2);
  }

  /// ggml rounds images and kernels to F16, whatever their type.
  private static Node conv(CaseGraph g, int axes, long groups) {
    Node x = g.builder().cast(images(g, axes), DataType.F16);
    Node weights = g.builder().cast(g.input(0, axes + 2), DataType.F16);
    return g.builder().conv(x, weights, window(g, axes), Math.toIntExact(groups));
  }

  private static Node image(CaseGraph g, long groups) {
    return g.builder().reshape(conv(g, 2, groups), g.outputShape().dims());
  }

  /// ggml leaves a batch of sounds in the order `[outputs, batch, positions]`.
  private static Node sound(CaseGraph g) {
    Node outputsFirst = g.builder().permute(conv(g, 1, 1), 1, 0, 2);
    return g.builder().reshape(outputsFirst, g.outputShape().dims());
  }

  private static Node transposedImage(CaseGraph g) {
    int stride = Math.toIntExact(g.parameters().integer("stride"));
    Shape kernel = g.input(0).type().shape();
    Window window = Window.of(Math.toIntExact(kernel.dim(-2)), Math.toIntExact(kernel.dim(-1)));
    return transposed(g, window.withStride(stride, stride));
  }

  private static Node transposed(CaseGraph g, Window window) {
    int rank = window.axes() + 2;
    Node result =
        Compositions.convTranspose(g.builder(), g.input(1, rank), g.input(0, rank), window);
    return g.builder().reshape(result, g.outputShape().dims());
  }

  private static Node pool(CaseGraph g, int axes) {
    List<Integer> kernel = entries(g, "k", axes);
    Window window =
        new Window(
            kernel, entries(g, "s", axes), entries(g, "p", axes), Collections.nCopies(axes, 1));
    boolean isMaximum = g.parameters().string("op").equals("max");
    Pool.Reduction reduction = isMaximum ? Pool.Reduction.MAXIMUM : Pool.Reduction.MEAN;
    Shape shape = g.input(0).type().shape();
    long[] spatial = shape.range(shape.rank() - axes, shape.rank()).dims();
    Shape planes = Shape.of(1, shape.range(0, shape.rank() - axes).elements()).append(spatial);
    Node result =
        g.builder().pool(reduction, g.builder().reshape(g.input(0), planes.dims()), window);
    return g.builder().reshape(result, g.outputShape().dims());
  }

  private static Node resize(CaseGraph g) {
    int mode = Math.toIntExact(g.parameters().integer("mode"));
    Interpolation interpolation =
        switch (mode % ALIGN_CORNERS) {
          case 0 -> Interpolation.NEAREST;
          case 1 -> Interpolation.BILINEAR;
          case 2 -> Interpolation.BICUBIC;
          default -> throw new NotTranslatable("no interpolation " + mode);
        };
    Shape shape = g.outputShape();
    boolean alignCorners = (mode & ALIGN_CORNERS) != 0;
    return g.apply(
        new Resize(shape.dim(-2), shape.dim(-1), interpolation, alignCorners), g.input(0));
  }
}
