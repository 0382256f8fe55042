package org.jgml.models.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a message says, in the forms that templates tell apart.
public sealed interface ChatContent {
  /// Nothing, as in an answer that only calls tools: `none` to templates.
  record None() implements ChatContent {
    @Override
    public String text() {
      return "";
    }

    @Override
    public Object json() {
      return null;
    }
  }

  /// A string.
  record Text(String text) implements ChatContent {
    @Override
    public Object json() {
      return text;
    }
  }

  /// A list of texts: `[{"type": "text", "text": …}, …]`.
  record Parts(List<String> texts) implements ChatContent {
    public Parts {
      texts = List.copyOf(texts);
    }

    @Override
    public String text() {
      return String.join("", texts);
    }

    @Override
    public Object json() {
      return texts.stream().map(Parts::json).toList();
    }

    /// Templates print its fields in this order.
    private static Map<String, String> json(String text) {
      Map<String, String> part = new LinkedHashMap<>();
      part.put("type", "text");
      part.put("text", text);
      return part;
    }
  }

  /// The words, of all parts one after the other.
  String text();

  /// As JSON has it and templates see it: null, a string or a list of objects.
  Object json();

  /// The inverse of [#json].
  ///
  /// @throws IllegalArgumentException if the value is something else, such as an image
  static ChatContent of(Object json) {
    return switch (json) {
      case null -> new None();
      case String text -> new Text(text);
      case List<?> parts -> new Parts(parts.stream().map(ChatContent::part).toList());
      default -> throw new IllegalArgumentException("content must be null, a text or a list");
    };
  }

  private static String part(Object json) {
    if (json instanceof Map<?, ?> part
        && "text".equals(part.get("type"))
        && part.get("text") instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "a part of a content must be {\"type\": \"text\", \"text\": …}, not " + json);
  }
}
