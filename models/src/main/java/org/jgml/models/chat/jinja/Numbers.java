package org.jgml.models.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;

/// Numbers as Python has them: integers, among which booleans count, and floats.
final class Numbers {
  private Numbers() {}

  static boolean isNumber(Value value) {
    return isInteger(value) || value instanceof FloatValue;
  }

  static boolean isInteger(Value value) {
    return value instanceof IntegerValue || value instanceof BooleanValue;
  }

  /// The integer that a value is.
  ///
  /// @throws EvaluationException if it is none
  static BigInteger integer(Value value) {
    return switch (value) {
      case IntegerValue(BigInteger integer) -> integer;
      case BooleanValue truth -> truth.isTrue() ? BigInteger.ONE : BigInteger.ZERO;
      case UndefinedValue undefined -> throw undefined.failure();
      default ->
          throw new EvaluationException(
              "'" + value.typeName() + "' cannot be interpreted as an integer");
    };
  }

  /// The integer that a value is, if it fits an `int`.
  static int smallInteger(Value value) {
    BigInteger integer = integer(value);
    if (integer.bitLength() >= Integer.SIZE) {
      throw new EvaluationException("the integer " + shorten(integer) + " is too large here");
    }
    return integer.intValue();
  }

  private static String shorten(BigInteger integer) {
    return integer.bitLength() > Long.SIZE ? "of " + integer.bitLength() + " bits" : "" + integer;
  }

  /// A number as a float.
  static double real(Value value) {
    return value instanceof FloatValue(double number) ? number : integer(value).doubleValue();
  }

  /// Compares two numbers exactly, neither of which is NaN.
  static int compare(Value left, Value right) {
    if (isInteger(left) && isInteger(right)) {
      return integer(left).compareTo(integer(right));
    }
    double leftReal = real(left);
    double rightReal = real(right);
    if (Double.isInfinite(leftReal) || Double.isInfinite(rightReal)) {
      return Double.compare(leftReal, rightReal);
    }
    return decimal(left).compareTo(decimal(right));
  }

  private static BigDecimal decimal(Value value) {
    return value instanceof FloatValue(double number)
        ? new BigDecimal(number)
        : new BigDecimal(integer(value));
  }

  /// Whether a value is the float that equals nothing.
  static boolean isNaN(Value value) {
    return value instanceof FloatValue(double number) && Double.isNaN(number);
  }
}
