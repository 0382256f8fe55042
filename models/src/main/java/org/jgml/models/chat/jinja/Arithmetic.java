package org.jgml.models.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The arithmetic of values, which for texts and lists means joining and repeating.
final class Arithmetic {
  private Arithmetic() {}

  static Value apply(ArithmeticOperator operator, Value left, Value right) {
    if (operator == ArithmeticOperator.MODULO && left instanceof TextValue(String text, _)) {
      return new TextValue(PercentFormat.format(text, right));
    }
    rejectUndefined(left, right);
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return numbers(operator, left, right);
    }
    return switch (operator) {
      case ADD -> join(left, right);
      case MULTIPLY -> Numbers.isInteger(left) ? repeat(right, left) : repeat(left, right);
      default -> throw unsupported(operator, left, right);
    };
  }

  private static void rejectUndefined(Value... operands) {
    for (Value operand : operands) {
      if (operand instanceof UndefinedValue undefined) {
        throw undefined.failure();
      }
    }
  }

  private static EvaluationException unsupported(
      ArithmeticOperator operator, Value left, Value right) {
    return new EvaluationException(
        "unsupported operand types for %s: '%s' and '%s'"
            .formatted(operator.symbol(), left.typeName(), right.typeName()));
  }

  /// A number with its sign kept or turned.
  static Value sign(boolean isNegative, Value operand) {
    rejectUndefined(operand);
    return switch (operand) {
      case FloatValue(double number) -> new FloatValue(isNegative ? -number : number);
      case BooleanValue _, IntegerValue _ -> {
        BigInteger integer = Numbers.integer(operand);
        yield new IntegerValue(isNegative ? integer.negate() : integer);
      }
      default ->
          throw new EvaluationException("bad operand type for sign: '" + operand.typeName() + "'");
    };
  }

  private static Value join(Value left, Value right) {
    if (left instanceof TextValue first && right instanceof TextValue second) {
      return join(first, second);
    }
    if (left instanceof SequenceValue first
        && right instanceof SequenceValue second
        && first.kind() == second.kind()
        && (first.kind() == SequenceValue.Kind.LIST || first.kind() == SequenceValue.Kind.TUPLE)) {
      List<Value> items = new ArrayList<>(first.items());
      items.addAll(second.items());
      return new SequenceValue(first.kind(), items);
    }
    throw unsupported(ArithmeticOperator.ADD, left, right);
  }

  private static TextValue join(TextValue left, TextValue right) {
    if (left.isMarkup() == right.isMarkup()) {
      return new TextValue(left.text() + right.text(), left.isMarkup());
    }
    return new TextValue(Texts.markup(left).text() + Texts.markup(right).text(), true);
  }

  private static Value repeat(Value repeated, Value times) {
    if (!Numbers.isInteger(times)) {
      throw unsupported(ArithmeticOperator.MULTIPLY, repeated, times);
    }
    int count = Math.max(0, Numbers.smallInteger(times));
    return switch (repeated) {
      case TextValue(String text, boolean isMarkup) -> {
        TextValue.checkLength((long) text.length() * count);
        yield new TextValue(text.repeat(count), isMarkup);
      }
      case SequenceValue(SequenceValue.Kind kind, List<Value> items) when kind.isIndexed() ->
          new SequenceValue(kind, repeat(items, count));
      default -> throw unsupported(ArithmeticOperator.MULTIPLY, repeated, times);
    };
  }

  private static List<Value> repeat(List<Value> items, int count) {
    if ((long) items.size() * count > SequenceValue.MAX_LENGTH) {
      throw new EvaluationException("the list is too long");
    }
    List<Value> repeated = new ArrayList<>();
    Collections.nCopies(count, items).forEach(repeated::addAll);
    return repeated;
  }

  private static Value numbers(ArithmeticOperator operator, Value left, Value right) {
    if (operator == ArithmeticOperator.POWER) {
      return power(left, right);
    }
    if (operator == ArithmeticOperator.DIVIDE
        || !Numbers.isInteger(left)
        || !Numbers.isInteger(right)) {
      return new FloatValue(reals(operator, Numbers.real(left), Numbers.real(right)));
    }
    return new IntegerValue(integers(operator, Numbers.integer(left), Numbers.integer(right)));
  }

  private static double reals(ArithmeticOperator operator, double left, double right) {
    return switch (operator) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / nonZero(right);
      case FLOOR_DIVIDE -> Math.floor(left / nonZero(right));
      case MODULO -> floorModulo(left, nonZero(right));
      case POWER -> Math.pow(left, right);
    };
  }

  private static double nonZero(double divisor) {
    if (divisor == 0) {
      throw new EvaluationException("division by zero");
    }
    return divisor;
  }

  /// The remainder with the sign of the divisor.
  private static double floorModulo(double left, double right) {
    double remainder = left % right;
    return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
  }

  private static BigInteger integers(ArithmeticOperator operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case ADD -> a.add(b);
      case SUBTRACT -> a.subtract(b);
      case MULTIPLY -> a.multiply(b);
      case FLOOR_DIVIDE -> floorDivide(a, b)[0];
      case MODULO -> floorDivide(a, b)[1];
      case DIVIDE, POWER -> throw new AssertionError(operator);
    };
  }

  /// The quotient rounded down, and the remainder.
  private static BigInteger[] floorDivide(BigInteger dividend, BigInteger divisor) {
    if (divisor.signum() == 0) {
      throw new EvaluationException("division by zero");
    }
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    if (parts[1].signum() != 0 && parts[1].signum() != divisor.signum()) {
      parts[0] = parts[0].subtract(BigInteger.ONE);
      parts[1] = parts[1].add(divisor);
    }
    return parts;
  }

  private static Value power(Value left, Value right) {
    if (!Numbers.isInteger(left) || !Numbers.isInteger(right)) {
      return new FloatValue(Math.pow(Numbers.real(left), Numbers.real(right)));
    }
    BigInteger base = Numbers.integer(left);
    int exponent = Numbers.smallInteger(right);
    if (exponent < 0) {
      return new FloatValue(Math.pow(nonZero(base.doubleValue()), exponent));
    }
    if ((long) (base.abs().bitLength() - 1) * exponent > IntegerValue.MAX_BITS) {
      throw new EvaluationException("the integer is too large");
    }
    return new IntegerValue(base.pow(exponent));
  }
}
