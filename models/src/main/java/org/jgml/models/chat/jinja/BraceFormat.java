package org.jgml.models.chat.jinja;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's `text.format(values)`.
final class BraceFormat {
  private static final Pattern FIELD =
      Pattern.compile(
          "\\{\\{|}}|\\{([^{}.\\[!:]*)((?:[.\\[][^{}!:]*)?)(?:!([rs]))?(?::([^{}]*))?}|[{}]");

  private static final Pattern ACCESS = Pattern.compile("\\.([^.\\[]+)|\\[([^]]+)]");

  private static final Pattern SPECIFICATION =
      Pattern.compile(
          "(?:(.)?([<>^=]))?([-+ ]?)(0?)([0-9]{0,4})(,?)(?:\\.([0-9]{1,3}))?([a-zA-Z%]?)",
          Pattern.DOTALL);

  private final Arguments arguments;
  private int used;

  private BraceFormat(Arguments arguments) {
    this.arguments = arguments;
  }

  /// The text with its fields in braces replaced by values.
  ///
  /// @throws EvaluationException if a field is malformed or has no value
  static String format(String text, Arguments arguments) {
    return new BraceFormat(arguments).run(text);
  }

  private String run(String text) {
    Matcher matcher = FIELD.matcher(text);
    StringBuilder result = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      result.append(text, end, matcher.start()).append(field(matcher));
      TextValue.checkLength(result.length());
      end = matcher.end();
    }
    return result.append(text.substring(end)).toString();
  }

  private String field(Matcher matcher) {
    return switch (matcher.group()) {
      case "{{" -> "{";
      case "}}" -> "}";
      case "{", "}" -> throw new EvaluationException("a brace of the format has no partner");
      default -> {
        Value value = access(value(matcher.group(1)), matcher.group(2));
        String specification = matcher.group(4) == null ? "" : matcher.group(4);
        yield specified(
            "r".equals(matcher.group(3)) ? new TextValue(Printing.repr(value)) : value,
            specification);
      }
    };
  }

  private Value value(String name) {
    boolean isNumber = name.chars().allMatch(Characters::isDecimalDigit);
    if (isNumber && name.length() < 5) {
      int index = name.isEmpty() ? used++ : Integer.parseInt(name);
      if (index < arguments.positional().size()) {
        return arguments.positional().get(index);
      }
    } else if (arguments.named().containsKey(name)) {
      return arguments.named().get(name);
    }
    throw new EvaluationException("the format has no value for '{" + name + "}'");
  }

  private static Value access(Value value, String path) {
    Matcher matcher = ACCESS.matcher(path);
    Value result = value;
    while (matcher.find()) {
      result =
          matcher.group(1) != null
              ? Lookup.attribute(result, matcher.group(1))
              : Lookup.item(result, key(matcher.group(2)));
    }
    return result;
  }

  private static Value key(String text) {
    boolean isNumber = text.length() < 9 && text.chars().allMatch(Characters::isDecimalDigit);
    return isNumber ? IntegerValue.of(Integer.parseInt(text)) : new TextValue(text);
  }

  private static String specified(Value value, String specification) {
    Matcher matcher = SPECIFICATION.matcher(specification);
    if (specification.isEmpty()) {
      return Printing.str(value);
    }
    if (!matcher.matches()) {
      throw new EvaluationException("the format '" + specification + "' is not supported");
    }
    boolean zeros = !matcher.group(4).isEmpty();
    String fill = matcher.group(1) != null ? matcher.group(1) : zeros ? "0" : " ";
    String usual = zeros ? "=" : Numbers.isNumber(value) ? ">" : "<";
    Alignment alignment = Alignment.of(matcher.group(2) == null ? usual : matcher.group(2));
    int width = matcher.group(5).isEmpty() ? 0 : Integer.parseInt(matcher.group(5));
    return alignment.pad(body(value, matcher), width, fill);
  }

  private static String body(Value value, Matcher matcher) {
    int precision = matcher.group(7) == null ? -1 : Integer.parseInt(matcher.group(7));
    String flags = matcher.group(3) + matcher.group(6);
    String type = matcher.group(8);
    if (type.isEmpty() && Numbers.isInteger(value) && !(value instanceof BooleanValue)) {
      type = "d";
    } else if (type.isEmpty()) {
      type = value instanceof FloatValue && precision >= 0 ? "g" : "s";
    }
    if ("sdxXofFeEgG%".indexOf(type) < 0) {
      throw new EvaluationException("the format type '" + type + "' is not supported");
    }
    NumberFormat format = new NumberFormat(flags, precision, type.charAt(0));
    return type.equals("s") ? format.text(value) : format.number(value);
  }
}
