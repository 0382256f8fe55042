package org.jgml.opencl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jgml.core.format.Grid;
import org.jgml.core.tensor.DataType;

/// What a program is made of: files of this package's resources, and the names they leave open.
record ProgramSource(List<String> files, SortedMap<String, String> definitions) {
  /// Longer ones are left out of messages.
  private static final int LONG_DEFINITION = 80;

  /// The program of an op; `common.cl` comes first in each.
  static ProgramSource of(String... files) {
    List<String> all = new ArrayList<>(List.of("common", "format/f32"));
    all.addAll(List.of(files));
    return new ProgramSource(List.copyOf(all), new TreeMap<>());
  }

  /// The same with more files behind it.
  ProgramSource and(String... more) {
    List<String> all = new ArrayList<>(files);
    all.addAll(List.of(more));
    return new ProgramSource(List.copyOf(all), definitions);
  }

  /// The same with a name defined.
  ProgramSource with(String name, Object value) {
    SortedMap<String, String> more = new TreeMap<>(definitions);
    more.put(name, value.toString());
    return new ProgramSource(files, more);
  }

  /// The same with a name that stands for an element type.
  ProgramSource withType(String name, DataType type) {
    return with(name, prefix(type));
  }

  /// The same with a name that stands for an element type, and the functions that read it.
  ProgramSource withFormat(String name, DataType type) {
    ProgramSource result = withType(name, type);
    if (type.isQuantised()) {
      // Rows are whole blocks, so there is no part of one to read.
      String prefix = prefix(type);
      result = result.with(prefix + "_part16(row, i, count)", prefix + "_load16(row, i)");
    }
    result = result.withGrid(type);
    // Before whatever uses them: what a format builds on may be in the list already, but later.
    Set<String> more = new LinkedHashSet<>(files.subList(0, 2));
    more.addAll(formatFiles(type));
    more.addAll(files);
    return new ProgramSource(List.copyOf(more), result.definitions);
  }

  /// The same with the points of a type's grid, if it has one.
  ProgramSource withGrid(DataType type) {
    return Grid.of(type).map(grid -> with("GRID", points(grid))).orElse(this);
  }

  /// What the names of a type's functions begin with.
  static String prefix(DataType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private static String points(Grid grid) {
    StringJoiner points = new StringJoiner(", ");
    for (short code : grid.codes()) {
      points.add(Integer.toString(Short.toUnsignedInt(code)));
    }
    return points.toString();
  }

  private static List<String> formatFiles(DataType type) {
    String own = "format/" + prefix(type);
    return switch (type) {
      case Q5_0, Q5_1 -> List.of("format/fifth_bits", own);
      case Q4_K, Q5_K -> List.of("format/six_bit_scales", own);
      case IQ4_NL, IQ4_XS -> List.of("format/iq4_levels", own);
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S ->
          List.of("format/grid_points", own);
      case MXFP4, NVFP4 -> List.of("format/fp4_levels", own);
      default -> List.of(own);
    };
  }

  /// The program; compilers name its errors by file and line.
  String text() {
    StringBuilder text = new StringBuilder();
    definitions.forEach((name, value) -> text.append("#define %s %s%n".formatted(name, value)));
    for (String file : files) {
      text.append("#line 1 \"%s.cl\"%n".formatted(file)).append(resource(file + ".cl"));
    }
    return text.toString();
  }

  private static String resource(String name) {
    try (InputStream stream = ProgramSource.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return files.getLast()
        + definitions.entrySet().stream()
            .filter(definition -> definition.getValue().length() < LONG_DEFINITION)
            .map(definition -> definition.getKey() + "=" + definition.getValue())
            .collect(Collectors.joining(", ", ".cl {", "}"));
  }
}
