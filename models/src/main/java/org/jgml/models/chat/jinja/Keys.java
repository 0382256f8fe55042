package org.jgml.models.chat.jinja;

import java.math.BigDecimal;

/// The keys of dicts: values of which Python knows a hash.
final class Keys {
  private Keys() {}

  static boolean isKey(Value value) {
    return switch (value) {
      case NoneValue _, TextValue _, UndefinedValue _ -> true;
      default -> Numbers.isNumber(value);
    };
  }

  /// An object that is equal for equal keys and no others: 1, 1.0 and true are the same key.
  ///
  /// @throws EvaluationException if the value cannot be a key
  static Object identity(Value key) {
    return switch (key) {
      case TextValue(String text, _) -> text;
      case NoneValue none -> none;
      case BooleanValue _, IntegerValue _ -> Numbers.integer(key);
      case FloatValue(double number) -> identity(number);
      case UndefinedValue _ -> UndefinedValue.class;
      default -> throw new EvaluationException("unhashable type: '" + key.typeName() + "'");
    };
  }

  private static Object identity(double number) {
    boolean isWhole = Double.isFinite(number) && number == Math.rint(number);
    return isWhole ? new BigDecimal(number).toBigInteger() : (Object) number;
  }
}
