package org.jgml.models.chat.jinja;

import java.util.List;

/// The methods of Python's `list` and `tuple` that leave them as they are.
final class SequenceMethods {
  private SequenceMethods() {}

  /// A method bound to a sequence, or null if there is none of the name.
  static Value find(SequenceValue sequence, String name) {
    if (!sequence.kind().isIndexed()) {
      return null;
    }
    return switch (name) {
      case "index" -> new CallableValue(name, arguments -> index(sequence.items(), arguments));
      case "count" -> new CallableValue(name, arguments -> count(sequence.items(), arguments));
      case "copy" -> new CallableValue(name, _ -> sequence);
      case "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort" ->
          refused(sequence, name);
      default -> null;
    };
  }

  /// A method that would change a value, which templates must not.
  static Value refused(Value object, String name) {
    return new UndefinedValue(
        "a template must not change values: '%s' of '%s'".formatted(name, object.typeName()));
  }

  private static Value index(List<Value> items, Arguments arguments) {
    Value wanted = arguments.bind("index", "value").value("value");
    for (int i = 0; i < items.size(); i++) {
      if (Comparing.areEqual(items.get(i), wanted)) {
        return IntegerValue.of(i);
      }
    }
    throw new EvaluationException(Printing.repr(wanted) + " is not in the list");
  }

  private static Value count(List<Value> items, Arguments arguments) {
    Value wanted = arguments.bind("count", "value").value("value");
    return IntegerValue.of(items.stream().filter(i -> Comparing.areEqual(i, wanted)).count());
  }
}
