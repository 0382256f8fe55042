package org.jgml.models.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Repeat;
import org.jgml.core.tensor.Shape;

/// Ops that move elements: copies, conversions, joins, tiles and padding.
final class LayoutOps {
  private static final int AXES = 4;

  private LayoutOps() {}

  static Map<String, Translation> translations() {
    return Map.of(
        "cpy", LayoutOps::copy,
        "dup", LayoutOps::copy,
        "cont", LayoutOps::copy,
        "concat", LayoutOps::concat,
        "repeat", LayoutOps::repeat,
        "pad", LayoutOps::pad,
        "pad_ext", LayoutOps::padBothEnds);
  }

  private static Node copy(CaseGraph g) {
    Node x = g.input(0);
    Node dense =
        x.type().dataType() == g.outputType()
            ? g.apply(new Copy(), x)
            : g.builder().cast(x, g.outputType());
    Shape shape = g.outputShape();
    return dense.type().shape().equals(shape) ? dense : g.builder().reshape(dense, shape.dims());
  }

  /// ggml numbers axes from the innermost.
  private static Node concat(CaseGraph g) {
    int axis = AXES - 1 - (int) g.parameters().integer("dim");
    return g.builder().concat(axis, g.input(0), g.input(1));
  }

  private static Node repeat(CaseGraph g) {
    long[] extents = RecordedTensor.reversed(g.parameters().integers("ne"));
    return g.apply(new Repeat(Shape.of(extents)), g.input(0));
  }

  private static Node pad(CaseGraph g) {
    long[] behind = RecordedTensor.reversed(g.parameters().integers("p"));
    return g.apply(new Pad(list(new long[AXES]), list(behind)), g.input(0));
  }

  /// Entries are in pairs of front and back, innermost axis first.
  private static Node padBothEnds(CaseGraph g) {
    long[] pairs = g.parameters().integers("lr");
    long[] before = new long[AXES];
    long[] after = new long[AXES];
    for (int i = 0; i < AXES; i++) {
      before[AXES - 1 - i] = pairs[2 * i];
      after[AXES - 1 - i] = pairs[2 * i + 1];
    }
    return g.apply(new Pad(list(before), list(after)), g.input(0));
  }

  private static List<Long> list(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
