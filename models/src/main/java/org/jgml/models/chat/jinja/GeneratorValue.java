package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// What filters such as `map` and `select` return: values that can be gone through once. It is true
/// even when empty, and has no length.
record GeneratorValue(Iterator<Value> remaining) implements Value {
  static GeneratorValue of(List<? extends Value> items) {
    return new GeneratorValue(List.<Value>copyOf(items).iterator());
  }

  /// The values that are left, of which none are left then.
  List<Value> drain() {
    List<Value> items = new ArrayList<>();
    remaining.forEachRemaining(items::add);
    return items;
  }

  @Override
  public String typeName() {
    return "generator";
  }

  @Override
  public boolean isTrue() {
    return true;
  }
}
