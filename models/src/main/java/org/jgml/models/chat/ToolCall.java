package org.jgml.models.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/// A call of a tool that a model asks for.
///
/// @param id what the answer refers to; some templates want nine letters and digits
/// @param arguments values by parameter, as JSON has them: null, texts, numbers, booleans, lists
///   and maps
public record ToolCall(String id, String name, Map<String, ?> arguments) {
  /// The call as templates see it.
  Map<String, Object> variables() {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", name);
    function.put("arguments", arguments);
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("id", id);
    variables.put("type", "function");
    variables.put("function", function);
    return variables;
  }
}
