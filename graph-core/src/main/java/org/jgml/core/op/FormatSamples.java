package org.jgml.core.op;

import static org.jgml.core.tensor.DataType.F32;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;

/// Samples for each of the element types that weights are quantised to.
final class FormatSamples {
  /// Types that numbers can be converted to.
  static final Set<DataType> WRITABLE = writable();

  private static final int ROWS = 7;

  private FormatSamples() {}

  private static Set<DataType> writable() {
    Set<DataType> writable = EnumSet.noneOf(DataType.class);
    for (DataType type : DataType.values()) {
      if (!type.isInteger() && Format.of(type).canQuantise()) {
        writable.add(type);
      }
    }
    return writable;
  }

  private static List<DataType> quantised() {
    return Arrays.stream(DataType.values()).filter(DataType::isQuantised).toList();
  }

  /// A row length of three blocks, or as many more as make the rows of small blocks not too short.
  private static long length(DataType type) {
    return 3L * Math.max(64, type.blockElements());
  }

  /// The samples and, for each quantised type, products with one token and with many.
  static List<Sample> matmul(MatMul op, List<Sample> others) {
    List<Sample> samples = new ArrayList<>(others);
    for (DataType type : quantised()) {
      Sample.Operand weights = Sample.Operand.of(type, 3 * ROWS, length(type));
      samples.add(
          Sample.of(type + " weights, one", op, Sample.Operand.of(F32, 1, length(type)), weights));
      samples.add(
          Sample.of(type + " weights, some", op, Sample.Operand.of(F32, 5, length(type)), weights));
      samples.add(
          Sample.of(
              type + " weights, many", op, Sample.Operand.of(F32, 19, length(type)), weights));
    }
    return List.copyOf(samples);
  }

  /// The samples and, for each quantised type, rows of a table of it.
  static List<Sample> getRows(GetRows op, List<Sample> others) {
    List<Sample> samples = new ArrayList<>(others);
    for (DataType type : quantised()) {
      samples.add(
          Sample.of(
              "rows of " + type,
              op,
              Sample.Operand.of(type, ROWS, length(type)),
              Sample.Operand.of(DataType.I32, 4).with(new Fill.Indices(ROWS))));
    }
    return List.copyOf(samples);
  }

  /// The samples and, for each quantised type, a cast from it and one to it if that can be.
  static List<Sample> cast(List<Sample> others) {
    List<Sample> samples = new ArrayList<>(others);
    for (DataType type : quantised()) {
      long length = length(type);
      samples.add(Sample.of(type + " to F32", new Cast(F32), Sample.Operand.of(type, 3, length)));
      if (WRITABLE.contains(type)) {
        samples.add(Sample.of("F32 to " + type, new Cast(type), Sample.Operand.of(F32, 3, length)));
      }
    }
    return List.copyOf(samples);
  }
}
