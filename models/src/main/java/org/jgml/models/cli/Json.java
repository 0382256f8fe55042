package org.jgml.models.cli;

import tools.jackson.jr.ob.JSON;

/// JSON texts of maps, lists and numbers.
final class Json {
  private static final JSON PRETTY = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private Json() {}

  /// On one line.
  static String line(Object value) {
    return JSON.std.asString(value);
  }

  /// Indented.
  static String pretty(Object value) {
    return PRETTY.asString(value);
  }
}
