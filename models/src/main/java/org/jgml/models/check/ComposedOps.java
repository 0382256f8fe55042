package org.jgml.models.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jgml.core.graph.Compositions;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Band;
import org.jgml.core.op.Copy;
import org.jgml.core.op.CountEqual;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.op.SetSlice;
import org.jgml.core.op.Sum;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.Shape;

/// Operations of ggml that are special cases of ours, or several of them.
final class ComposedOps {
  private static final int AXES = 4;

  private ComposedOps() {}

  static Map<String, Translation> translations() {
    return Map.ofEntries(
        Map.entry("acc", g -> setSlice(g, SetSlice.Update.ADD)),
        Map.entry("set", g -> setSlice(g, SetSlice.Update.REPLACE)),
        Map.entry("repeat_back", ComposedOps::sumOfTiles),
        Map.entry("pad_reflect_1d", ComposedOps::padReflecting),
        Map.entry("roll", ComposedOps::roll),
        Map.entry("diag", ComposedOps::diagonal),
        Map.entry("tri", ComposedOps::triangle),
        Map.entry("diag_mask_inf", g -> causal(g, Float.NEGATIVE_INFINITY)),
        Map.entry("diag_mask_zero", g -> causal(g, 0)),
        Map.entry("arange", ComposedOps::arange),
        Map.entry("timestep_embedding", ComposedOps::timestepEmbedding),
        Map.entry("count_equal", ComposedOps::countEqual),
        Map.entry("cross_entropy_loss", ComposedOps::crossEntropy),
        Map.entry("rope_multi", ComposedOps::ropeWithSections));
  }

  /// ggml says in bytes where the block begins.
  private static Node setSlice(CaseGraph g, SetSlice.Update update) {
    Node a = g.input(0);
    Shape shape = a.type().shape();
    long element = g.parameters().integer("offset") / a.type().dataType().blockBytes();
    Long[] starts = new Long[AXES];
    for (int axis = AXES - 1; axis >= 0; axis--) {
      starts[axis] = element % shape.dim(axis);
      element /= shape.dim(axis);
    }
    return g.apply(new SetSlice(List.of(starts), update), a, g.input(1));
  }

  private static Node sumOfTiles(CaseGraph g) {
    Shape from = g.input(0).type().shape();
    Shape tile = g.outputShape();
    long[] split = new long[2 * AXES];
    for (int axis = 0; axis < AXES; axis++) {
      split[2 * axis] = from.dim(axis) / tile.dim(axis);
      split[2 * axis + 1] = tile.dim(axis);
    }
    int[] tilesLast =
        IntStream.range(0, 2 * AXES).map(i -> i < AXES ? 2 * i + 1 : 2 * (i - AXES)).toArray();
    Node tiles = g.builder().permute(g.builder().reshape(g.input(0), split), tilesLast);
    Node rows = g.builder().reshape(tiles, tile.elements(), from.elements() / tile.elements());
    return g.builder().reshape(g.apply(new SumRows(), rows), tile.dims());
  }

  private static Node padReflecting(CaseGraph g) {
    long[] ends = g.parameters().integers("p");
    return g.builder().pad(g.input(0), Pad.Mode.REFLECT, 0, 0, 0, 0, 0, 0, ends[0], ends[1]);
  }

  private static Node roll(CaseGraph g) {
    long[] shifts = RecordedTensor.reversed(g.parameters().integers("s"));
    Node rolled = g.input(0);
    for (int axis = 0; axis < AXES; axis++) {
      rolled = Compositions.roll(g.builder(), rolled, axis, shifts[axis]);
    }
    return rolled;
  }

  private static Node diagonal(CaseGraph g) {
    Shape shape = g.outputShape();
    Node rows = g.builder().reshape(g.input(0), shape.range(0, AXES - 1).dims());
    return Compositions.diagonal(g.builder(), rows);
  }

  private static Node triangle(CaseGraph g) {
    return switch ((int) g.parameters().integer("type")) {
      case 0 -> g.builder().band(g.input(0), 0, Band.HIGHEST, 0);
      case 1 -> g.builder().band(g.input(0), 1, Band.HIGHEST, 0);
      case 2 -> g.builder().band(g.input(0), Band.LOWEST, 0, 0);
      case 3 -> g.builder().band(g.input(0), Band.LOWEST, -1, 0);
      default -> throw new NotTranslatable("no such triangle");
    };
  }

  private static Node causal(CaseGraph g, float masked) {
    return g.builder().band(g.input(0), Band.LOWEST, g.parameters().integer("n_past"), masked);
  }

  private static Node arange(CaseGraph g) {
    Node values =
        Compositions.arange(g.builder(), g.number("start"), g.number("stop"), g.number("step"));
    return g.builder().reshape(g.apply(new Copy(), values), g.outputShape().dims());
  }

  private static Node timestepEmbedding(CaseGraph g) {
    int size = Math.toIntExact(g.parameters().integer("dim"));
    Node embedded =
        Compositions.timestepEmbedding(g.builder(), g.input(0), size, g.number("max_period"));
    return g.builder().reshape(embedded, g.outputShape().dims());
  }

  private static Node countEqual(CaseGraph g) {
    Node count = g.apply(new CountEqual(), g.input(0), g.input(1));
    return g.builder().reshape(count, g.outputShape().dims());
  }

  /// The mean over rows of the cross entropy of softmax and given probabilities.
  private static Node crossEntropy(CaseGraph g) {
    Node logarithms = g.builder().unary(Unary.Kind.LOG, g.builder().softmax(g.input(0)));
    Node sum = g.apply(new Sum(), g.builder().mul(logarithms, g.input(1)));
    Node mean = g.builder().scale(sum, -1f / g.input(0).type().shape().rows(), 0);
    return g.builder().reshape(mean, g.outputShape().dims());
  }

  /// Each run of pairs turns by another coordinate of the position.
  private static Node ropeWithSections(CaseGraph g) {
    GraphBuilder builder = g.builder();
    long[] sections = g.parameters().integers("sections");
    int dimensions = (int) g.parameters().integer("n_dims");
    RopeAngles op = new RopeAngles(dimensions, g.number("freq_base"), RopeScaling.NONE, false);
    Node coordinates =
        builder.reshape(g.input(1, 1), sections.length, g.input(0).type().shape().dim(1));
    List<Node> runs = new ArrayList<>();
    long first = 0;
    for (int i = 0; i < sections.length; i++) {
      if (sections[i] > 0) {
        Node positions = builder.slice(coordinates, 0, i, 1);
        Node angles = g.apply(op, g.withRank(positions, 1));
        runs.add(builder.slice(angles, 1, first, sections[i]));
        first += sections[i];
      }
    }
    Node angles = runs.stream().reduce((a, b) -> builder.concat(1, a, b)).orElseThrow();
    return g.apply(new Rope(Rope.Style.NEOX), g.input(0), angles);
  }
}
