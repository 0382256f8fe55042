package org.jgml.models.chat.jinja;

import java.util.List;

/// The methods of Python's `dict` that leave it as it is.
final class MapMethods {
  private MapMethods() {}

  /// A method bound to a map, or null if there is none of the name.
  static Value find(MapValue map, String name) {
    return switch (name) {
      case "get" -> new CallableValue(name, arguments -> value(map, arguments));
      case "items" -> view(name, SequenceValue.Kind.ITEMS, map.pairs());
      case "keys" -> view(name, SequenceValue.Kind.KEYS, List.copyOf(map.entries().keySet()));
      case "values" -> view(name, SequenceValue.Kind.VALUES, List.copyOf(map.entries().values()));
      case "copy" -> new CallableValue(name, _ -> map);
      case "clear", "pop", "popitem", "setdefault", "update" -> SequenceMethods.refused(map, name);
      default -> null;
    };
  }

  private static Value value(MapValue map, Arguments arguments) {
    BoundArguments bound = arguments.bind("get", "key", "default");
    Value value = map.find(bound.value("key"));
    return value == null ? bound.valueOr("default", NoneValue.NONE) : value;
  }

  private static Value view(String name, SequenceValue.Kind kind, List<Value> items) {
    return new CallableValue(
        name,
        arguments -> {
          arguments.bind(name);
          return new SequenceValue(kind, items);
        });
  }
}
