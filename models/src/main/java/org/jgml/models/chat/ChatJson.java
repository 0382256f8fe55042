package org.jgml.models.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// Reads JSON that belongs to conversations.
public final class ChatJson {
  private ChatJson() {}

  /// A list of tools: an array of descriptions, each `{"type": "function", "function": {…}}` or
  /// only the inner object.
  ///
  /// @throws IllegalArgumentException if the text is something else
  public static List<Map<String, ?>> tools(String json) {
    if (!(parse(json) instanceof List<?> descriptions)) {
      throw new IllegalArgumentException("the tools must be a JSON array");
    }
    return descriptions.stream().<Map<String, ?>>map(ChatJson::tool).toList();
  }

  private static Map<String, ?> tool(Object description) {
    Map<String, Object> tool = object(description, "a tool");
    boolean isWrapped = tool.get("function") instanceof Map;
    if (!isWrapped && !(tool.get("name") instanceof String)) {
      throw new IllegalArgumentException("a tool needs a name");
    }
    return isWrapped ? tool : wrapped(tool);
  }

  private static Map<String, ?> wrapped(Map<String, Object> function) {
    Map<String, Object> tool = new LinkedHashMap<>();
    tool.put("type", "function");
    tool.put("function", function);
    return tool;
  }

  /// The arguments of a call: an object, as models write it.
  ///
  /// @throws IllegalArgumentException if the text is something else
  public static Map<String, Object> arguments(String json) {
    return object(parse(json), "the arguments of a tool");
  }

  private static Object parse(String json) {
    try {
      return JSON.std.anyFrom(json);
    } catch (JacksonException malformed) {
      throw new IllegalArgumentException(
          "malformed JSON: " + malformed.getOriginalMessage(), malformed);
    }
  }

  @SuppressWarnings("unchecked") // jackson-jr makes the keys of objects strings.
  private static Map<String, Object> object(Object value, String what) {
    if (!(value instanceof Map)) {
      throw new IllegalArgumentException(what + " must be a JSON object");
    }
    return (Map<String, Object>) value;
  }
}
