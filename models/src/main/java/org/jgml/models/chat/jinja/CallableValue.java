package org.jgml.models.chat.jinja;

/// A macro, function or bound method.
record CallableValue(String name, Body body) implements Value {
  /// What a call does.
  @FunctionalInterface
  interface Body {
    Value call(Arguments arguments);
  }

  @Override
  public String typeName() {
    return "function";
  }

  @Override
  public boolean isTrue() {
    return true;
  }
}
