package org.jgml.models.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a model answered, and how good that is.
///
/// @param cache the kind of cache that it read with
/// @param setup what the answer depends on besides the question: model, parameters of the cache
/// @param depth from 0 to 1; NaN if unknown
/// @param score from 0 to 1
/// @param digits share of the characters of the right answer that stand in their places
/// @param seconds from the beginning of the prompt to the end of the answer
public record Answer(
    String question,
    String task,
    String cache,
    String setup,
    int length,
    double depth,
    String text,
    double score,
    double digits,
    double seconds) {
  /// As JSON members.
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("question", question);
    members.put("task", task);
    members.put("cache", cache);
    members.put("setup", setup);
    members.put("length", length);
    if (!Double.isNaN(depth)) {
      members.put("depth", depth);
    }
    members.put("text", text);
    members.put("score", score);
    members.put("digits", digits);
    members.put("seconds", seconds);
    return members;
  }

  /// From JSON members.
  ///
  /// @throws ClassCastException if one has another type
  static Answer of(Map<String, Object> members) {
    return new Answer(
        (String) members.get("question"),
        (String) members.get("task"),
        (String) members.get("cache"),
        (String) members.get("setup"),
        ((Number) members.get("length")).intValue(),
        members.get("depth") instanceof Number depth ? depth.doubleValue() : Double.NaN,
        (String) members.get("text"),
        ((Number) members.get("score")).doubleValue(),
        ((Number) members.get("digits")).doubleValue(),
        ((Number) members.get("seconds")).doubleValue());
  }
}
