package org.jgml.kvcache.tier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What must be equal for the bytes of one session to mean something to another.
///
/// @param layers number of layers
/// @param blockBytes bytes of one block, 0 if the cache has no blocks
/// @param facts everything else, in words, such as a fingerprint of the model, types and parameters
public record CacheShape(int layers, long blockBytes, Map<String, String> facts) {
  public CacheShape {
    facts = Map.copyOf(facts);
  }

  /// How another shape differs from this one, in words; empty if it does not.
  ///
  /// @param here what the other belongs to, such as `this session`
  public String differenceFrom(CacheShape other, String here) {
    List<String> differences = new ArrayList<>();
    Map<String, String> mine = words();
    Map<String, String> others = other.words();
    TreeSet<String> names = new TreeSet<>(mine.keySet());
    names.addAll(others.keySet());
    for (String name : names) {
      String value = mine.getOrDefault(name, "none");
      String otherValue = others.getOrDefault(name, "none");
      if (!value.equals(otherValue)) {
        differences.add("%s %s, %s has %s".formatted(name, value, here, otherValue));
      }
    }
    return String.join("; ", differences);
  }

  private Map<String, String> words() {
    Map<String, String> words = new TreeMap<>(facts);
    words.put("layers", Integer.toString(layers));
    words.put("block bytes", Long.toString(blockBytes));
    return words;
  }
}
