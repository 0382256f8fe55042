package org.jgml.models.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The values of the arguments of a call, positional and named.
record Arguments(List<Value> positional, Map<String, Value> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /// The arguments by the names of the parameters of what is called.
  ///
  /// @throws EvaluationException if there are too many, or one of an unknown name, or two for one
  ///   parameter
  BoundArguments bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new EvaluationException(
          "%s takes at most %d arguments, got %d"
              .formatted(function, parameters.length, positional.size()));
    }
    Map<String, Value> bound = new LinkedHashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      bound.put(parameters[i], positional.get(i));
    }
    named.forEach((name, value) -> bind(function, bound, name, value, parameters));
    return new BoundArguments(function, bound);
  }

  private static void bind(
      String function, Map<String, Value> bound, String name, Value value, String... parameters) {
    if (!List.of(parameters).contains(name)) {
      throw new EvaluationException(function + " takes no argument '" + name + "'");
    }
    if (bound.put(name, value) != null) {
      throw new EvaluationException(function + " got two values for argument '" + name + "'");
    }
  }

  /// These without the first positional ones.
  Arguments without(int count) {
    return new Arguments(positional.subList(count, positional.size()), named);
  }
}
