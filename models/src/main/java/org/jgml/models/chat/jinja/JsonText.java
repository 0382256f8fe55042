package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Map;

/// Values as Python's `json.dumps` writes them.
final class JsonText {
  private static final int MAX_DEPTH = 100;

  private final JsonStyle style;
  private final StringBuilder out = new StringBuilder();

  private JsonText(JsonStyle style) {
    this.style = style;
  }

  /// The JSON text of a value.
  ///
  /// @throws EvaluationException if JSON has no such value
  static String of(Value value, JsonStyle style) {
    JsonText json = new JsonText(style);
    json.write(value, 0);
    return json.out.toString();
  }

  private void write(Value value, int depth) {
    TextValue.checkLength(out.length());
    if (depth > MAX_DEPTH) {
      throw new EvaluationException("the value is nested too deeply for JSON");
    }
    switch (value) {
      case NoneValue _ -> out.append("null");
      case BooleanValue truth -> out.append(truth.isTrue());
      case IntegerValue integer -> out.append(integer.integer());
      case FloatValue(double number) -> out.append(real(number));
      case TextValue(String text, _) -> string(text);
      case SequenceValue sequence
          when sequence.kind() == SequenceValue.Kind.LIST
              || sequence.kind() == SequenceValue.Kind.TUPLE ->
          array(sequence.items(), depth + 1);
      case MapValue map -> object(map, depth + 1);
      default ->
          throw new EvaluationException(
              "Object of type " + value.typeName() + " is not JSON serializable");
    }
  }

  private static String real(double number) {
    if (Double.isFinite(number)) {
      return Printing.real(number);
    }
    return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  }

  private void array(List<Value> items, int depth) {
    out.append('[');
    String separator = "";
    for (Value item : items) {
      out.append(separator);
      lineBreak(depth);
      write(item, depth);
      separator = style.itemSeparator();
    }
    close(items.isEmpty(), depth - 1, ']');
  }

  private void object(MapValue map, int depth) {
    out.append('{');
    String separator = "";
    for (Map.Entry<Value, Value> entry : entries(map)) {
      out.append(separator);
      lineBreak(depth);
      string(key(entry.getKey()));
      out.append(style.keySeparator());
      write(entry.getValue(), depth);
      separator = style.itemSeparator();
    }
    close(map.entries().isEmpty(), depth - 1, '}');
  }

  private List<Map.Entry<Value, Value>> entries(MapValue map) {
    List<Map.Entry<Value, Value>> entries = List.copyOf(map.entries().entrySet());
    return style.sortsKeys()
        ? entries.stream().sorted((a, b) -> Comparing.compare(a.getKey(), b.getKey(), "<")).toList()
        : entries;
  }

  private static String key(Value key) {
    return switch (key) {
      case TextValue(String text, _) -> text;
      case NoneValue _ -> "null";
      case BooleanValue truth -> Boolean.toString(truth.isTrue());
      case IntegerValue integer -> integer.integer().toString();
      case FloatValue(double number) -> real(number);
      default -> throw new EvaluationException("a key of JSON cannot be " + key.typeName());
    };
  }

  private void close(boolean isEmpty, int depth, char bracket) {
    if (!isEmpty) {
      lineBreak(depth);
    }
    out.append(bracket);
  }

  private void lineBreak(int depth) {
    if (style.indent() != null) {
      out.append('\n').repeat(style.indent(), depth);
    }
  }

  private void string(String text) {
    out.append('"');
    text.chars().forEach(unit -> unit((char) unit));
    out.append('"');
  }

  private void unit(char unit) {
    switch (unit) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\f' -> out.append("\\f");
      case '\b' -> out.append("\\b");
      default -> {
        if (unit < ' ' || (style.asciiOnly() && unit > '~')) {
          out.append("\\u%04x".formatted((int) unit));
        } else {
          out.append(unit);
        }
      }
    }
  }
}
