package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Members and items of values. What is missing is undefined; members of what is undefined are an
/// error.
final class Lookup {
  private Lookup() {}

  /// `object.name`: a member, or else the item of that name.
  static Value attribute(Value object, String name) {
    if (object instanceof UndefinedValue undefined) {
      throw undefined.failure();
    }
    Value member = member(object, name);
    if (member != null) {
      return member;
    }
    Value item = object instanceof MapValue map ? map.find(name) : null;
    return item == null ? UndefinedValue.attribute(object, name) : item;
  }

  /// `object[key]`: an item, or else the member of that name.
  static Value item(Value object, Value key) {
    if (object instanceof UndefinedValue undefined) {
      throw undefined.failure();
    }
    Value item = directItem(object, key);
    if (item == null && key instanceof TextValue(String name, _)) {
      item = member(object, name);
    }
    return item == null ? UndefinedValue.item(object, key) : item;
  }

  /// A method or variable of a value, or null if there is none of the name.
  private static Value member(Value object, String name) {
    return switch (object) {
      case TextValue(String text, _) -> TextMethods.find(text, name);
      case MapValue map -> MapMethods.find(map, name);
      case SequenceValue sequence -> SequenceMethods.find(sequence, name);
      case NamespaceValue namespace -> namespace.members().get(name);
      case LoopValue loop -> loop.attribute(name);
      default -> null;
    };
  }

  private static Value directItem(Value object, Value key) {
    return switch (object) {
      case MapValue map -> Keys.isKey(key) ? map.find(key) : null;
      case SequenceValue(SequenceValue.Kind kind, List<Value> items)
          when kind.isIndexed() && Numbers.isInteger(key) -> {
        int index = index(key, items.size());
        yield index < 0 ? null : items.get(index);
      }
      case TextValue(String text, _) when Numbers.isInteger(key) -> {
        int index = index(key, CodePoints.length(text));
        yield index < 0 ? null : new TextValue(CodePoints.at(text, index));
      }
      default -> null;
    };
  }

  /// The index that a number means, or -1 if it is out of range.
  private static int index(Value key, int length) {
    int index = Numbers.smallInteger(key);
    int fromBegin = index < 0 ? index + length : index;
    return fromBegin < length ? Math.max(-1, fromBegin) : -1;
  }

  /// `object[start:stop:step]`
  ///
  /// @param bounds the three, each empty if left out
  static Value slice(Value object, List<Optional<Value>> bounds) {
    return switch (object) {
      case UndefinedValue undefined -> throw undefined.failure();
      case TextValue(String text, _) ->
          new TextValue(CodePoints.select(text, indices(bounds, CodePoints.length(text))));
      case SequenceValue(SequenceValue.Kind kind, List<Value> items) when kind.isIndexed() ->
          new SequenceValue(
              kind, IntStream.of(indices(bounds, items.size())).mapToObj(items::get).toList());
      default ->
          throw new EvaluationException("'" + object.typeName() + "' object cannot be sliced");
    };
  }

  private static int[] indices(List<Optional<Value>> bounds, int length) {
    int step = bound(bounds.get(2), 1);
    if (step == 0) {
      throw new EvaluationException("slice step cannot be zero");
    }
    int first = step > 0 ? 0 : length - 1;
    int end = step > 0 ? length : -1;
    int start =
        bounds.get(0).isPresent() ? clamp(bound(bounds.get(0), first), length, step) : first;
    int stop = bounds.get(1).isPresent() ? clamp(bound(bounds.get(1), end), length, step) : end;
    return IntStream.iterate(start, i -> step > 0 ? i < stop : i > stop, i -> i + step).toArray();
  }

  private static int bound(Optional<Value> bound, int otherwise) {
    Value value = bound.orElse(NoneValue.NONE);
    return value == NoneValue.NONE ? otherwise : saturated(value);
  }

  /// An integer, or the nearest one from which no other can be reached by adding a length.
  private static int saturated(Value value) {
    int limit = TextValue.MAX_LENGTH + 1;
    return Numbers.integer(value).bitLength() >= Integer.SIZE - 2
        ? Numbers.integer(value).signum() * limit
        : Math.clamp(Numbers.smallInteger(value), -limit, limit);
  }

  private static int clamp(int bound, int length, int step) {
    int fromBegin = bound < 0 ? bound + length : bound;
    return step > 0 ? Math.clamp(fromBegin, 0, length) : Math.clamp(fromBegin, -1, length - 1);
  }
}
