package org.jgml.models.chat.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// Values as Python's `str` and `repr` write them.
final class Printing {
  private static final int MAX_DEPTH = 100;

  /// Floats from here on are written with an exponent.
  private static final int MAX_WHOLE_DIGITS = 16;

  private static final int MAX_LEADING_ZEROS = 4;

  private final StringBuilder out = new StringBuilder();

  private Printing() {}

  /// What printing a value gives.
  static String str(Value value) {
    return switch (value) {
      case TextValue(String text, _) -> text;
      case UndefinedValue _ -> "";
      default -> repr(value);
    };
  }

  /// A value as it appears in a printed list.
  static String repr(Value value) {
    Printing printing = new Printing();
    printing.print(value, 0);
    return printing.out.toString();
  }

  private void print(Value value, int depth) {
    TextValue.checkLength(out.length());
    if (depth > MAX_DEPTH) {
      throw new EvaluationException("the value is nested too deeply to print");
    }
    switch (value) {
      case NoneValue _ -> out.append("None");
      case BooleanValue truth -> out.append(truth.isTrue() ? "True" : "False");
      case IntegerValue integer -> out.append(integer.integer());
      case FloatValue(double number) -> out.append(real(number));
      case TextValue text -> quote(text);
      case SequenceValue sequence -> sequence(sequence, depth);
      case MapValue map -> map(map.entries(), depth);
      case NamespaceValue namespace -> namespace(namespace, depth);
      case GeneratorValue _ -> out.append("<generator object>");
      case LoopValue loop ->
          out.append("<LoopContext ")
              .append(loop.position())
              .append('/')
              .append(loop.length())
              .append('>');
      case CallableValue callable -> out.append("<function ").append(callable.name()).append('>');
      case UndefinedValue _ -> out.append("Undefined");
    }
  }

  private void namespace(NamespaceValue namespace, int depth) {
    out.append("<Namespace ");
    map(MapValue.ofTexts(namespace.members()).entries(), depth);
    out.append('>');
  }

  private void sequence(SequenceValue sequence, int depth) {
    List<Value> items = sequence.items();
    switch (sequence.kind()) {
      case LIST -> items(items, "[", "]", depth);
      case TUPLE -> items(items, "(", items.size() == 1 ? ",)" : ")", depth);
      case RANGE -> range(items);
      case KEYS, VALUES, ITEMS -> items(items, sequence.typeName() + "([", "])", depth);
    }
  }

  private void items(List<Value> items, String open, String close, int depth) {
    out.append(open);
    String separator = "";
    for (Value item : items) {
      out.append(separator);
      print(item, depth + 1);
      separator = ", ";
    }
    out.append(close);
  }

  private void range(List<Value> items) {
    int first = items.isEmpty() ? 0 : Numbers.smallInteger(items.getFirst());
    int step = items.size() < 2 ? 1 : Numbers.smallInteger(items.get(1)) - first;
    out.append("range(").append(first).append(", ").append(first + items.size() * step);
    out.append(step == 1 ? ")" : ", " + step + ")");
  }

  private void map(Map<Value, Value> entries, int depth) {
    out.append('{');
    String separator = "";
    for (Map.Entry<Value, Value> entry : entries.entrySet()) {
      out.append(separator);
      print(entry.getKey(), depth + 1);
      out.append(": ");
      print(entry.getValue(), depth + 1);
      separator = ", ";
    }
    out.append('}');
  }

  /// The shortest digits that mean the number, with an exponent if it is very large or small.
  static String real(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    String sign = Math.copySign(1, number) < 0 ? "-" : "";
    if (Double.isInfinite(number)) {
      return sign + "inf";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
    int wholeDigits = decimal.precision() - decimal.scale();
    if (number == 0) {
      return sign + "0.0";
    }
    return sign
        + (wholeDigits > -MAX_LEADING_ZEROS && wholeDigits <= MAX_WHOLE_DIGITS
            ? decimal.setScale(Math.max(1, decimal.scale())).toPlainString()
            : scientific(decimal.unscaledValue().toString(), wholeDigits - 1));
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return "%c%se%c%02d"
        .formatted(digits.charAt(0), fraction, exponent < 0 ? '-' : '+', Math.abs(exponent));
  }

  private void quote(TextValue value) {
    String text = value.text();
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(value.isMarkup() ? "Markup(" : "").append(quote);
    text.codePoints().forEach(codePoint -> quoted(codePoint, quote));
    out.append(quote).append(value.isMarkup() ? ")" : "");
  }

  private void quoted(int codePoint, char quote) {
    switch (codePoint) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (codePoint == quote) {
          out.append('\\').append(quote);
        } else if (Characters.isPrintable(codePoint)) {
          out.appendCodePoint(codePoint);
        } else {
          out.append(hexadecimal(codePoint));
        }
      }
    }
  }

  private static String hexadecimal(int codePoint) {
    if (codePoint <= 0xFF) {
      return "\\x%02x".formatted(codePoint);
    }
    return (codePoint <= 0xFFFF ? "\\u%04x" : "\\U%08x").formatted(codePoint);
  }
}
