package org.jgml.models.chat.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/// What `namespace()` returns: named values that `set` can change, so that a loop can leave
/// something behind.
record NamespaceValue(Map<String, Value> members) implements Value {
  NamespaceValue {
    members = new LinkedHashMap<>(members);
  }

  void set(String name, Value value) {
    members.put(name, value);
  }

  @Override
  public String typeName() {
    return "Namespace";
  }

  @Override
  public boolean isTrue() {
    return true;
  }
}
