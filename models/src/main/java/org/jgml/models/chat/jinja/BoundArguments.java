package org.jgml.models.chat.jinja;

import java.util.Map;

/// The arguments of a call by the names of the parameters.
record BoundArguments(String function, Map<String, Value> values) {
  boolean has(String name) {
    return values.containsKey(name);
  }

  /// @throws EvaluationException if the argument is missing
  Value value(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new EvaluationException(function + " needs an argument '" + name + "'");
    }
    return value;
  }

  Value valueOr(String name, Value otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /// An argument that must be a text.
  String text(String name) {
    return text(name, value(name));
  }

  /// An argument that must be a text, or be missing or none.
  String textOr(String name, String otherwise) {
    Value value = valueOr(name, NoneValue.NONE);
    return value == NoneValue.NONE ? otherwise : text(name, value);
  }

  private String text(String name, Value value) {
    return switch (value) {
      case TextValue text -> text.text();
      case UndefinedValue undefined -> throw undefined.failure();
      default -> throw wrongType(name, "a str", value);
    };
  }

  /// An argument that must be an integer that fits an `int`, or be missing or none.
  int integerOr(String name, int otherwise) {
    Value value = valueOr(name, NoneValue.NONE);
    return switch (value) {
      case NoneValue _ -> otherwise;
      case UndefinedValue undefined -> throw undefined.failure();
      case BooleanValue _, IntegerValue _ -> Numbers.smallInteger(value);
      default -> throw wrongType(name, "an int", value);
    };
  }

  boolean truthOr(String name, boolean otherwise) {
    return has(name) ? value(name).isTrue() : otherwise;
  }

  private EvaluationException wrongType(String name, String wanted, Value found) {
    return new EvaluationException(
        "%s needs %s as '%s', not '%s'".formatted(function, wanted, name, found.typeName()));
  }
}
