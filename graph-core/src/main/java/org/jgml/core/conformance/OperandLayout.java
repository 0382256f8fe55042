package org.jgml.core.conformance;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// How an operand of a case lies in memory: as a view of a tensor that is often larger.
public enum OperandLayout {
  /// Without gaps, in row-major order.
  DENSE {
    @Override
    boolean applies(TensorType type) {
      return true;
    }

    @Override
    Shape base(TensorType type) {
      return type.shape();
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(type.shape());
    }
  },

  /// Rows of a wider tensor, beginning in the middle of it.
  PADDED_ROWS {
    @Override
    boolean applies(TensorType type) {
      return type.shape().rank() > 0;
    }

    @Override
    Shape base(TensorType type) {
      return type.shape().with(-1, type.shape().dim(-1) + 2 * padding(type));
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(base(type)).slice(-1, padding(type), type.shape().dim(-1), 1);
    }
  },

  /// A part of the outermost axis.
  OUTER_SLICE {
    @Override
    boolean applies(TensorType type) {
      return type.shape().rank() > 1;
    }

    @Override
    Shape base(TensorType type) {
      return type.shape().with(0, type.shape().dim(0) + 3);
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(base(type)).slice(0, 1, type.shape().dim(0), 1);
    }
  },

  /// Every second index of the outermost axis.
  EVERY_SECOND {
    @Override
    boolean applies(TensorType type) {
      return type.shape().rank() > 1;
    }

    @Override
    Shape base(TensorType type) {
      return type.shape().with(0, 2 * type.shape().dim(0) + 1);
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(base(type)).slice(0, 1, type.shape().dim(0), 2);
    }
  },

  /// Outer axes stored in reverse order; rows stay rows.
  PERMUTED {
    @Override
    boolean applies(TensorType type) {
      return type.shape().rank() > 2;
    }

    @Override
    Shape base(TensorType type) {
      return stored(type.shape(), axes(type));
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(base(type)).permute(axes(type));
    }

    private static int[] axes(TensorType type) {
      int last = type.shape().rank() - 1;
      return IntStream.rangeClosed(0, last).map(i -> i < last ? last - 1 - i : i).toArray();
    }
  },

  /// Rows stored as columns: the device is given a dense copy.
  TRANSPOSED {
    @Override
    boolean applies(TensorType type) {
      return type.shape().rank() > 1 && !type.dataType().isQuantised();
    }

    @Override
    Shape base(TensorType type) {
      return stored(type.shape(), axes(type));
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(base(type)).permute(axes(type));
    }

    private static int[] axes(TensorType type) {
      int rank = type.shape().rank();
      return IntStream.range(0, rank).map(i -> i < rank - 2 ? i : 2 * rank - 3 - i).toArray();
    }
  },

  /// The same values along the first axis that has several, stored once.
  BROADCAST {
    @Override
    boolean applies(TensorType type) {
      int axis = axis(type.shape());
      boolean isRow = axis == type.shape().rank() - 1;
      return axis >= 0 && !(isRow && (type.dataType().isQuantised() || isIndex(type)));
    }

    @Override
    Shape base(TensorType type) {
      return type.shape().with(axis(type.shape()), 1);
    }

    @Override
    Layout view(TensorType type) {
      return Layout.dense(base(type)).broadcastTo(type.shape());
    }

    private static boolean isIndex(TensorType type) {
      return type.dataType().isInteger();
    }

    private static int axis(Shape shape) {
      return IntStream.range(0, shape.rank()).filter(i -> shape.dim(i) > 1).findFirst().orElse(-1);
    }
  };

  private static final int PADDING_BLOCKS = 3;

  /// Whether an operand of this type can lie so.
  abstract boolean applies(TensorType type);

  /// The shape of the tensor that is stored.
  abstract Shape base(TensorType type);

  /// The operand in it.
  abstract Layout view(TensorType type);

  /// Whether no element stands for two: a result may be written there.
  boolean isWritable() {
    return this != BROADCAST;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The layout that is written so.
  ///
  /// @throws IllegalArgumentException naming those there are
  static OperandLayout named(String text) {
    return Arrays.stream(values())
        .filter(layout -> layout.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no layout '%s'; there are %s".formatted(text, Arrays.toString(values()))));
  }

  private static long padding(TensorType type) {
    return (long) PADDING_BLOCKS * type.dataType().blockElements();
  }

  private static Shape stored(Shape shape, int[] axes) {
    long[] dims = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      dims[axes[i]] = shape.dim(i);
    }
    return Shape.of(dims);
  }
}
