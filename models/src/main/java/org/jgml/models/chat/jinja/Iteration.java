package org.jgml.models.chat.jinja;

import java.util.List;

/// Going through the items of a value, and counting them.
final class Iteration {
  private Iteration() {}

  static boolean isIterable(Value value) {
    return switch (value) {
      case TextValue _, SequenceValue _, GeneratorValue _, MapValue _, UndefinedValue _ -> true;
      case NoneValue _, BooleanValue _, IntegerValue _, FloatValue _ -> false;
      case NamespaceValue _, LoopValue _, CallableValue _ -> false;
    };
  }

  /// The characters of a text, keys of a dict, or items of a sequence; none of what is undefined.
  ///
  /// @throws EvaluationException if the value cannot be gone through
  static List<Value> items(Value value) {
    return switch (value) {
      case TextValue(String text, _) -> CodePoints.characters(text);
      case SequenceValue sequence -> sequence.items();
      case GeneratorValue generator -> generator.drain();
      case MapValue map -> List.copyOf(map.entries().keySet());
      case UndefinedValue _ -> List.of();
      default -> throw new EvaluationException("'" + value.typeName() + "' object is not iterable");
    };
  }

  /// The number of items.
  ///
  /// @throws EvaluationException if the value has no length
  static int length(Value value) {
    return switch (value) {
      case TextValue(String text, _) -> CodePoints.length(text);
      case SequenceValue sequence -> sequence.items().size();
      case MapValue map -> map.entries().size();
      case LoopValue loop -> loop.length();
      case UndefinedValue _ -> 0;
      default ->
          throw new EvaluationException("object of type '" + value.typeName() + "' has no length");
    };
  }
}
