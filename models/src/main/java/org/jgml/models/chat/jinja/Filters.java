package org.jgml.models.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/// The filters by name.
final class Filters {
  private static final Map<String, Filter> TABLE = table();

  private Filters() {}

  private static Map<String, Filter> table() {
    Map<String, Filter> table = new HashMap<>();
    TextFilters.addTo(table);
    NumberFilters.addTo(table);
    SequenceFilters.addTo(table);
    OrderFilters.addTo(table);
    SelectionFilters.addTo(table);
    table.put("default", Filter.of("default", Filters::otherwise, "default_value", "boolean"));
    table.put("d", table.get("default"));
    table.put(
        "tojson",
        Filter.of("tojson", Filters::json, "ensure_ascii", "indent", "separators", "sort_keys"));
    return Map.copyOf(table);
  }

  static boolean has(String name) {
    return TABLE.containsKey(name);
  }

  /// @throws EvaluationException if there is no filter of the name, or it fails
  static Value apply(String name, Value value, Arguments arguments) {
    Filter filter = TABLE.get(name);
    if (filter == null) {
      throw new EvaluationException("no filter is named '" + name + "'");
    }
    return filter.apply(value, arguments);
  }

  private static Value otherwise(Value value, BoundArguments arguments) {
    boolean replaces =
        value instanceof UndefinedValue || (arguments.truthOr("boolean", false) && !value.isTrue());
    return replaces ? arguments.valueOr("default_value", TextValue.EMPTY) : value;
  }

  private static Value json(Value value, BoundArguments arguments) {
    String indent =
        switch (arguments.valueOr("indent", NoneValue.NONE)) {
          case NoneValue _ -> null;
          case TextValue(String text, _) -> text;
          default -> spaces(arguments.integerOr("indent", 0));
        };
    boolean asciiOnly = arguments.truthOr("ensure_ascii", false);
    boolean sortsKeys = arguments.truthOr("sort_keys", false);
    Value separators = arguments.valueOr("separators", NoneValue.NONE);
    JsonStyle style =
        separators == NoneValue.NONE
            ? new JsonStyle(asciiOnly, indent, indent == null ? ", " : ",", ": ", sortsKeys)
            : new JsonStyle(
                asciiOnly, indent, separator(separators, 0), separator(separators, 1), sortsKeys);
    return new TextValue(JsonText.of(value, style));
  }

  private static String spaces(int count) {
    TextValue.checkLength(count);
    return " ".repeat(Math.max(0, count));
  }

  private static String separator(Value separators, int index) {
    return Texts.require(Lookup.item(separators, IntegerValue.of(index)), "separators");
  }
}
