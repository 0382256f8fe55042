package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Equality, order and membership as Python has them.
final class Comparing {
  private static final int MAX_DEPTH = 100;

  private Comparing() {}

  static boolean holds(ComparisonOperator operator, Value left, Value right) {
    return switch (operator) {
      case EQUAL -> areEqual(left, right);
      case NOT_EQUAL -> !areEqual(left, right);
      case IN -> contains(right, left);
      case NOT_IN -> !contains(right, left);
      case LESS -> isOrdered(left, right) && compare(left, right, operator.symbol()) < 0;
      case LESS_OR_EQUAL -> isOrdered(left, right) && compare(left, right, operator.symbol()) <= 0;
      case GREATER -> isOrdered(left, right) && compare(left, right, operator.symbol()) > 0;
      case GREATER_OR_EQUAL ->
          isOrdered(left, right) && compare(left, right, operator.symbol()) >= 0;
    };
  }

  /// Whether neither is NaN, which is neither less than nor greater than any number.
  private static boolean isOrdered(Value left, Value right) {
    return !Numbers.isNaN(left) && !Numbers.isNaN(right);
  }

  static boolean areEqual(Value left, Value right) {
    return areEqual(left, right, 0);
  }

  private static boolean areEqual(Value left, Value right, int depth) {
    if (depth > MAX_DEPTH) {
      throw new EvaluationException("the values are nested too deeply to compare");
    }
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return isOrdered(left, right) && Numbers.compare(left, right) == 0;
    }
    return switch (left) {
      case TextValue text -> right instanceof TextValue other && text.text().equals(other.text());
      case SequenceValue sequence ->
          right instanceof SequenceValue other
              && sequence.kind() == other.kind()
              && areEqual(sequence.items(), other.items(), depth + 1);
      case MapValue map -> right instanceof MapValue other && areEqual(map, other, depth + 1);
      case UndefinedValue _ -> right instanceof UndefinedValue;
      default -> left == right || (left instanceof CallableValue && Objects.equals(left, right));
    };
  }

  private static boolean areEqual(List<Value> left, List<Value> right, int depth) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!areEqual(left.get(i), right.get(i), depth)) {
        return false;
      }
    }
    return true;
  }

  private static boolean areEqual(MapValue left, MapValue right, int depth) {
    if (left.entries().size() != right.entries().size()) {
      return false;
    }
    for (Map.Entry<Value, Value> entry : left.entries().entrySet()) {
      Value other = right.find(entry.getKey());
      if (other == null || !areEqual(entry.getValue(), other, depth)) {
        return false;
      }
    }
    return true;
  }

  /// Orders two values.
  ///
  /// @param operator what to call the operation if they have no order
  /// @throws EvaluationException if they have no order
  static int compare(Value left, Value right, String operator) {
    return compare(left, right, operator, 0);
  }

  private static int compare(Value left, Value right, String operator, int depth) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Numbers.compare(left, right);
    }
    if (left instanceof TextValue text && right instanceof TextValue other) {
      return CodePoints.compare(text.text(), other.text());
    }
    if (left instanceof SequenceValue sequence
        && right instanceof SequenceValue other
        && sequence.kind() == other.kind()
        && sequence.kind() != SequenceValue.Kind.RANGE
        && depth <= MAX_DEPTH) {
      return compare(sequence.items(), other.items(), operator, depth + 1);
    }
    throw unordered(left, right, operator);
  }

  private static int compare(List<Value> left, List<Value> right, String operator, int depth) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!areEqual(left.get(i), right.get(i))) {
        return compare(left.get(i), right.get(i), operator, depth);
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static EvaluationException unordered(Value left, Value right, String operator) {
    if (left instanceof UndefinedValue undefined) {
      return undefined.failure();
    }
    if (right instanceof UndefinedValue undefined) {
      return undefined.failure();
    }
    return new EvaluationException(
        "'%s' not supported between '%s' and '%s'"
            .formatted(operator, left.typeName(), right.typeName()));
  }

  /// Whether a text contains a text, a dict a key, or a sequence a value.
  static boolean contains(Value container, Value wanted) {
    return switch (container) {
      case TextValue(String text, _) -> text.contains(Texts.require(wanted, "in"));
      case MapValue map -> map.find(wanted) != null;
      default -> Iteration.items(container).stream().anyMatch(item -> areEqual(item, wanted));
    };
  }
}
