package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What `value is name(arguments)` finds, by name.
final class Tests {
  private static final Map<String, ComparisonOperator> COMPARISONS =
      Map.ofEntries(
          Map.entry("==", ComparisonOperator.EQUAL),
          Map.entry("eq", ComparisonOperator.EQUAL),
          Map.entry("equalto", ComparisonOperator.EQUAL),
          Map.entry("!=", ComparisonOperator.NOT_EQUAL),
          Map.entry("ne", ComparisonOperator.NOT_EQUAL),
          Map.entry("<", ComparisonOperator.LESS),
          Map.entry("lt", ComparisonOperator.LESS),
          Map.entry("lessthan", ComparisonOperator.LESS),
          Map.entry("<=", ComparisonOperator.LESS_OR_EQUAL),
          Map.entry("le", ComparisonOperator.LESS_OR_EQUAL),
          Map.entry(">", ComparisonOperator.GREATER),
          Map.entry("gt", ComparisonOperator.GREATER),
          Map.entry("greaterthan", ComparisonOperator.GREATER),
          Map.entry(">=", ComparisonOperator.GREATER_OR_EQUAL),
          Map.entry("ge", ComparisonOperator.GREATER_OR_EQUAL),
          Map.entry("in", ComparisonOperator.IN));

  private static final Set<String> PLAIN =
      Set.of(
          "defined",
          "undefined",
          "none",
          "true",
          "false",
          "boolean",
          "integer",
          "float",
          "number",
          "string",
          "mapping",
          "sequence",
          "iterable",
          "callable",
          "odd",
          "even",
          "lower",
          "upper",
          "escaped",
          "filter",
          "test");

  private Tests() {}

  static boolean has(String name) {
    return COMPARISONS.containsKey(name)
        || PLAIN.contains(name)
        || name.equals("divisibleby")
        || name.equals("sameas");
  }

  /// @throws EvaluationException if there is no test of the name, or it cannot be made
  static boolean holds(String name, Value value, Arguments arguments) {
    ComparisonOperator comparison = COMPARISONS.get(name);
    if (comparison != null) {
      return Comparing.holds(comparison, value, operand(name, arguments));
    }
    if (name.equals("divisibleby")) {
      return !modulo(value, operand(name, arguments)).isTrue();
    }
    if (name.equals("sameas")) {
      return isSame(value, operand(name, arguments));
    }
    arguments.bind(name);
    return holds(name, value);
  }

  private static Value operand(String test, Arguments arguments) {
    return arguments.bind(test, "other").value("other");
  }

  private static boolean holds(String name, Value value) {
    return switch (name) {
      case "defined" -> !(value instanceof UndefinedValue);
      case "undefined" -> value instanceof UndefinedValue;
      case "none" -> value == NoneValue.NONE;
      case "true" -> value == BooleanValue.TRUE;
      case "false" -> value == BooleanValue.FALSE;
      case "boolean" -> value instanceof BooleanValue;
      case "integer" -> value instanceof IntegerValue;
      case "float" -> value instanceof FloatValue;
      case "number" -> Numbers.isNumber(value);
      case "string" -> value instanceof TextValue;
      case "mapping" -> value instanceof MapValue;
      case "sequence" -> isSequence(value);
      case "iterable" -> Iteration.isIterable(value);
      case "callable" -> value instanceof CallableValue || value instanceof UndefinedValue;
      case "odd" -> modulo(value, IntegerValue.of(2)).equals(IntegerValue.of(1));
      case "even" -> !modulo(value, IntegerValue.of(2)).isTrue();
      case "lower" -> TextMethods.isLower(Printing.str(value));
      case "upper" -> TextMethods.isUpper(Printing.str(value));
      case "escaped" -> value instanceof TextValue text && text.isMarkup();
      case "filter" -> Filters.has(Texts.require(value, name));
      case "test" -> has(Texts.require(value, name));
      default -> throw new EvaluationException("no test is named '" + name + "'");
    };
  }

  private static Value modulo(Value value, Value divisor) {
    return Arithmetic.apply(ArithmeticOperator.MODULO, value, divisor);
  }

  /// Whether Python finds a length and items by index or key.
  private static boolean isSequence(Value value) {
    return switch (value) {
      case TextValue _, MapValue _, UndefinedValue _ -> true;
      case SequenceValue(SequenceValue.Kind kind, List<Value> _) -> kind.isIndexed();
      default -> false;
    };
  }

  private static boolean isSame(Value value, Value other) {
    return value == other
        || (value.getClass() == other.getClass()
            && (value instanceof TextValue || Numbers.isNumber(value))
            && Comparing.areEqual(value, other));
  }
}
