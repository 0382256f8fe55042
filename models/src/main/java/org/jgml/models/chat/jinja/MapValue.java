package org.jgml.models.chat.jinja;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A Python dict: values by key, in the order in which the keys were added.
final class MapValue implements Value {
  private final Map<Object, Value> keys = new HashMap<>();
  private final Map<Value, Value> entries = new LinkedHashMap<>();

  /// @param entries of several with the same key, the last one counts
  /// @throws EvaluationException if a key cannot be one
  MapValue(Collection<Map.Entry<Value, Value>> entries) {
    entries.forEach(entry -> put(entry.getKey(), entry.getValue()));
  }

  private void put(Value key, Value value) {
    Value first = keys.putIfAbsent(Keys.identity(key), key);
    entries.put(first == null ? key : first, value);
  }

  /// A map with texts as keys.
  static MapValue ofTexts(Map<String, ? extends Value> entries) {
    return new MapValue(
        entries.entrySet().stream()
            .map(entry -> Map.<Value, Value>entry(new TextValue(entry.getKey()), entry.getValue()))
            .toList());
  }

  Map<Value, Value> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /// The value of a key, or null if there is none.
  ///
  /// @throws EvaluationException if the value cannot be a key
  Value find(Value key) {
    return entries.get(keys.get(Keys.identity(key)));
  }

  /// The value of a key that is a text, or null if there is none.
  Value find(String key) {
    return entries.get(keys.get(key));
  }

  /// The keys and values in pairs.
  List<Value> pairs() {
    return entries.entrySet().stream()
        .<Value>map(entry -> SequenceValue.pair(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public String typeName() {
    return "dict";
  }

  @Override
  public boolean isTrue() {
    return !entries.isEmpty();
  }
}
