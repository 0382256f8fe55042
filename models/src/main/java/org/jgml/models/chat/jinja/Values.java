package org.jgml.models.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes values of Java objects.
final class Values {
  private static final int MAX_DEPTH = 100;

  private Values() {}

  /// The value of an object: null, a text, number, boolean, collection, or a map with texts as
  /// keys.
  ///
  /// @throws IllegalArgumentException if it is something else, or nested too deeply
  static Value of(Object object) {
    return of(object, 0);
  }

  private static Value of(Object object, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("a value is nested more than " + MAX_DEPTH + " deep");
    }
    return switch (object) {
      case null -> NoneValue.NONE;
      case CharSequence text -> new TextValue(text.toString());
      case Boolean truth -> BooleanValue.of(truth);
      case Number number -> number(number);
      case Collection<?> items -> list(items, depth + 1);
      case Map<?, ?> map -> map(map, depth + 1);
      default ->
          throw new IllegalArgumentException(
              "a template cannot use a " + object.getClass().getName());
    };
  }

  private static Value number(Number number) {
    return switch (number) {
      case Byte _, Short _, Integer _, Long _ -> IntegerValue.of(number.longValue());
      case BigInteger integer -> new IntegerValue(integer);
      case Float _, Double _, BigDecimal _ -> new FloatValue(number.doubleValue());
      default ->
          throw new IllegalArgumentException(
              "a template cannot use a " + number.getClass().getName());
    };
  }

  private static Value list(Collection<?> items, int depth) {
    List<Value> values = items.stream().map(item -> of(item, depth)).toList();
    return SequenceValue.list(values);
  }

  private static Value map(Map<?, ?> map, int depth) {
    Map<String, Value> values = new LinkedHashMap<>();
    map.forEach((key, value) -> values.put(String.valueOf(key), of(value, depth)));
    return MapValue.ofTexts(values);
  }
}
