package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's `text % values`.
final class PercentFormat {
  private static final Pattern DIRECTIVE =
      Pattern.compile(
          "%(?:\\(([^)]*)\\))?([-+ 0]*)([0-9]{0,4})(?:\\.([0-9]{0,3}))?(.?)", Pattern.DOTALL);

  private final Value values;
  private final List<Value> positional;
  private int used;

  private PercentFormat(Value values) {
    this.values = values;
    boolean isTuple =
        values instanceof SequenceValue sequence && sequence.kind() == SequenceValue.Kind.TUPLE;
    this.positional = isTuple ? ((SequenceValue) values).items() : List.of(values);
  }

  /// The text with its directives replaced by values.
  ///
  /// @param values a tuple, a dict for directives with names, or a single value
  /// @throws EvaluationException if the directives and the values do not go together
  static String format(String text, Value values) {
    return new PercentFormat(values).run(text);
  }

  private String run(String text) {
    Matcher matcher = DIRECTIVE.matcher(text);
    StringBuilder result = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      result.append(text, end, matcher.start()).append(directive(matcher));
      TextValue.checkLength(result.length());
      end = matcher.end();
    }
    boolean needsNoUse = values instanceof MapValue || values instanceof UndefinedValue;
    if (used < positional.size() && !needsNoUse) {
      throw new EvaluationException("not all arguments converted during string formatting");
    }
    return result.append(text.substring(end)).toString();
  }

  private String directive(Matcher matcher) {
    String type = matcher.group(5);
    if (type.equals("%")) {
      return "%";
    }
    if (type.isEmpty() || "srdiufFeEgxXo".indexOf(type) < 0) {
      throw new EvaluationException("the format '" + matcher.group() + "' is not supported");
    }
    Value value = value(matcher.group(1));
    boolean isText = type.equals("s") || type.equals("r");
    NumberFormat format =
        new NumberFormat(
            matcher.group(2),
            matcher.group(4) == null ? -1 : number(matcher.group(4)),
            type.charAt(0));
    String body = isText ? format.text(value) : format.number(value);
    return padded(body, matcher.group(2), number(matcher.group(3)), isText);
  }

  private static String padded(String body, String flags, int width, boolean isText) {
    if (flags.contains("-")) {
      return Alignment.LEFT.pad(body, width, " ");
    }
    return flags.contains("0") && !isText
        ? Alignment.AFTER_SIGN.pad(body, width, "0")
        : Alignment.RIGHT.pad(body, width, " ");
  }

  private Value value(String name) {
    if (name != null) {
      Value found = values instanceof MapValue map ? map.find(name) : null;
      if (found == null) {
        throw new EvaluationException("the format needs a value '" + name + "'");
      }
      return found;
    }
    if (used >= positional.size()) {
      throw new EvaluationException("not enough arguments for format string");
    }
    return positional.get(used++);
  }

  private static int number(String digits) {
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
