package org.jgml.models.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The stages whose order can be chosen, in the default order, by llama.cpp's names.
public enum StageName {
  PENALTIES("penalties"),
  DRY("dry"),
  TOP_N_SIGMA("top_n_sigma"),
  TOP_K("top_k"),
  TYPICAL_P("typ_p", "typical_p", "typical", "typ"),
  TOP_P("top_p", "nucleus"),
  MIN_P("min_p"),
  XTC("xtc"),
  TEMPERATURE("temperature", "temp");

  private final List<String> names;

  StageName(String... names) {
    this.names = List.of(names);
  }

  /// All stages in the default order.
  public static List<StageName> defaultOrder() {
    return List.of(values());
  }

  /// Reads an order such as `top_k;top_p;temperature`; dashes count as underscores.
  ///
  /// @throws IllegalArgumentException if a name is unknown
  public static List<StageName> parseOrder(String text) {
    return Arrays.stream(text.split(";"))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .map(StageName::parse)
        .toList();
  }

  private static StageName parse(String text) {
    String name = text.toLowerCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(values())
        .filter(stage -> stage.names.contains(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown sampler '%s'; there are %s".formatted(text, format(defaultOrder()))));
  }

  /// An order as [#parseOrder] reads it.
  public static String format(List<StageName> order) {
    return order.stream().map(stage -> stage.names.getFirst()).collect(Collectors.joining(";"));
  }
}
