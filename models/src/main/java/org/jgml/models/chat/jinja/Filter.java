package org.jgml.models.chat.jinja;

/// What `value | name(arguments)` does.
@FunctionalInterface
interface Filter {
  /// @throws EvaluationException if the value or arguments are not what the filter takes
  Value apply(Value value, Arguments arguments);

  /// A filter that takes no arguments.
  static Filter plain(String name, Plain filter) {
    return (value, arguments) -> {
      arguments.bind(name);
      return filter.apply(value);
    };
  }

  /// A filter by the names of its parameters.
  static Filter of(String name, Bound filter, String... parameters) {
    return (value, arguments) -> filter.apply(value, arguments.bind(name, parameters));
  }

  /// The body of a [Filter#plain] one.
  @FunctionalInterface
  interface Plain {
    Value apply(Value value);
  }

  /// The body of a filter with parameters.
  @FunctionalInterface
  interface Bound {
    Value apply(Value value, BoundArguments arguments);
  }
}
