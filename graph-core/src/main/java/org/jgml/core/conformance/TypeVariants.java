package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jgml.core.op.Op;
import org.jgml.core.op.Operands;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Other operand types that the op of a sample takes: found by asking its inference, so that no
/// list of what an op admits is kept beside it.
final class TypeVariants {
  /// One, odd, around powers of two (so around any number of lanes), and more than 4096.
  private static final long[] EXTENTS = {
    1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 127, 128, 129, 255, 256,
    257, 300, 511, 513, 1000, 1025, 2049, 4097
  };

  private static final long MOST_ELEMENTS = 1 << 15;
  private static final long MOST_FLOPS = 1 << 19;

  private final Sample sample;

  /// Sizes found before: asking the inference for each extent takes long, and the same operands are
  /// asked about again and again.
  private final Map<List<TensorType>, List<List<TensorType>>> known = new HashMap<>();

  TypeVariants(Sample sample) {
    this.sample = sample;
  }

  /// The sample's operands with other element types: those of one type together, and each alone.
  List<List<TensorType>> dataTypes() {
    List<TensorType> types = sample.operands().stream().map(Sample.Operand::type).toList();
    Set<List<TensorType>> found = new LinkedHashSet<>();
    for (DataType to : DataType.values()) {
      for (int i = 0; i < types.size(); i++) {
        DataType from = types.get(i).dataType();
        int operand = i;
        if (from.isInteger() != to.isInteger()) {
          continue;
        }
        addTyped(found, types, to, other -> types.get(other).dataType() == from);
        addTyped(found, types, to, other -> other == operand);
      }
    }
    found.remove(types);
    return List.copyOf(found);
  }

  private void addTyped(
      Set<List<TensorType>> found, List<TensorType> types, DataType to, IntPredicate changes) {
    List<Shape> shapes = types.stream().map(TensorType::shape).toList();
    for (int i = 0; i < types.size(); i++) {
      if (changes.test(i) && types.get(i).shape().rank() > 0) {
        long row = shapes.get(i).rowLength();
        shapes = renamed(shapes, row, Math.ceilDiv(row, to.blockElements()) * to.blockElements());
      }
    }
    List<DataType> dataTypes =
        IntStream.range(0, types.size())
            .mapToObj(i -> changes.test(i) ? to : types.get(i).dataType())
            .toList();
    addValid(found, dataTypes, shapes);
  }

  /// Operands of the same element types with one extent, wherever it occurs, replaced by another.
  List<List<TensorType>> sizes(List<TensorType> types) {
    return known.computeIfAbsent(types, this::findSizes);
  }

  private List<List<TensorType>> findSizes(List<TensorType> types) {
    List<DataType> dataTypes = types.stream().map(TensorType::dataType).toList();
    List<Shape> shapes = types.stream().map(TensorType::shape).toList();
    Set<Long> extents = new TreeSet<>();
    shapes.forEach(shape -> {
      for (long extent : shape.dims()) {
        extents.add(extent);
      }
    });
    Set<List<TensorType>> found = new LinkedHashSet<>();
    for (long extent : extents) {
      for (long other : EXTENTS) {
        addValid(found, dataTypes, renamed(shapes, extent, other));
        int block = dataTypes.stream().mapToInt(DataType::blockElements).max().orElse(1);
        if (block > 1) {
          addValid(found, dataTypes, renamed(shapes, extent, other % 7 * block));
        }
      }
    }
    found.remove(types);
    return List.copyOf(found);
  }

  private static List<Shape> renamed(List<Shape> shapes, long from, long to) {
    List<Shape> renamed = new ArrayList<>();
    for (Shape shape : shapes) {
      long[] dims = shape.dims();
      for (int axis = 0; axis < dims.length; axis++) {
        dims[axis] = dims[axis] == from ? to : dims[axis];
      }
      renamed.add(Shape.of(dims));
    }
    return renamed;
  }

  private void addValid(Set<List<TensorType>> found, List<DataType> dataTypes, List<Shape> shapes) {
    List<TensorType> types = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      boolean isWhole = shapes.get(i).rowLength() % dataTypes.get(i).blockElements() == 0;
      if (!isWhole || shapes.get(i).elements() == 0) {
        return;
      }
      types.add(new TensorType(dataTypes.get(i), shapes.get(i)));
    }
    if (isAdmitted(types)) {
      found.add(types);
    }
  }

  /// Whether the op takes operands of these types, and the reference is done with them soon.
  private boolean isAdmitted(List<TensorType> types) {
    try {
      Op.Compute op = (Op.Compute) sample.op();
      Operands operands = new Operands(op, "result", types);
      TensorType result = op.infer(operands);
      long elements = types.stream().mapToLong(type -> type.shape().elements()).sum();
      return result.shape().elements() > 0
          && elements + result.shape().elements() <= MOST_ELEMENTS
          && op.cost(operands, result).flops() <= MOST_FLOPS
          && ResizedFills.of(sample, types).isPresent();
    } catch (GraphException _) {
      return false;
    }
  }
}
