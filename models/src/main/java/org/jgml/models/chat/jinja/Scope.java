package org.jgml.models.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/// The variables that a part of a template sees: its own, and those of the parts around it.
final class Scope {
  private final Scope outer;
  private final Map<String, Value> variables = new HashMap<>();

  private Scope(Scope outer) {
    this.outer = outer;
  }

  /// A scope with nothing around it.
  static Scope of(Map<String, Value> variables) {
    Scope scope = new Scope(null);
    scope.variables.putAll(variables);
    return scope;
  }

  Scope inner() {
    return new Scope(this);
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }

  Value find(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Value value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return UndefinedValue.variable(name);
  }
}
