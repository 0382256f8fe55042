package org.jgml.models.check;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The translation of each operation of ggml that this engine has ops for, by ggml's name.
final class Translations {
  private static final Map<String, Translation> TABLE = table();

  private Translations() {}

  static Optional<Translation> named(String op) {
    return Optional.ofNullable(TABLE.get(op));
  }

  private static Map<String, Translation> table() {
    Map<String, Translation> table = new HashMap<>();
    table.putAll(ElementwiseOps.translations());
    table.putAll(GluOps.translations());
    table.putAll(NormOps.translations());
    table.putAll(ReductionOps.translations());
    table.putAll(LayoutOps.translations());
    table.putAll(RowOps.translations());
    table.putAll(MatrixOps.translations());
    table.putAll(AttentionOps.translations());
    table.putAll(ImageOps.translations());
    table.putAll(ComposedOps.translations());
    return Map.copyOf(table);
  }
}
