package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.stream.Stream;

/// The path to a member of a value, as filters take it: names and numbers with dots between them.
record AttributePath(List<Value> steps) {
  private static final int MAX_INDEX_DIGITS = 9;

  /// @param attribute a text or integer, or none for the value itself
  static AttributePath of(Value attribute) {
    return switch (attribute) {
      case NoneValue _ -> new AttributePath(List.of());
      case TextValue(String text, _) ->
          new AttributePath(Stream.of(text.split("\\.", -1)).map(AttributePath::step).toList());
      default -> new AttributePath(List.of(new IntegerValue(Numbers.integer(attribute))));
    };
  }

  private static Value step(String text) {
    boolean isIndex =
        !text.isEmpty()
            && text.length() <= MAX_INDEX_DIGITS
            && text.chars().allMatch(Characters::isDecimalDigit);
    return isIndex ? IntegerValue.of(Integer.parseInt(text)) : new TextValue(text);
  }

  Value find(Value value) {
    return find(value, NoneValue.NONE);
  }

  /// @param otherwise what stands for a step that is missing; none for undefined
  Value find(Value value, Value otherwise) {
    Value result = value;
    for (Value step : steps) {
      result = Lookup.item(result, step);
      if (result instanceof UndefinedValue && otherwise != NoneValue.NONE) {
        result = otherwise;
      }
    }
    return result;
  }
}
