package org.jgml.models.chat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.jr.ob.JSON;

/// What jinja2 made of the templates and conversations in the folder `chat` of the resources; see
/// `make_goldens.py` there.
public final class ChatGoldens {
  /// The time at which everything was rendered.
  public static final LocalDateTime NOW = LocalDateTime.of(2024, 7, 26, 9, 5, 3);

  /// One template with one conversation.
  ///
  /// @param expected the text, empty if the template fails
  record Golden(String template, String conversation, Optional<String> expected) {}

  private ChatGoldens() {}

  static List<Golden> all() throws IOException {
    return maps(JSON.std.listFrom(text("/chat/goldens.json")))
        .map(golden ->
            new Golden(
                (String) golden.get("template"),
                (String) golden.get("conversation"),
                Optional.ofNullable((String) golden.get("expected"))))
        .toList();
  }

  /// A resource.
  public static String text(String name) throws IOException {
    try (InputStream in = ChatGoldens.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// The text of a template of this folder, or else of a built-in one.
  static String template(String name) throws IOException {
    String folder = "/chat/templates/";
    boolean isHere = ChatGoldens.class.getResource(folder + name) != null;
    return text(isHere ? folder + name : name);
  }

  /// The conversations by name.
  static Map<String, ChatRequest> conversations() throws IOException {
    Map<String, ChatRequest> conversations = new LinkedHashMap<>();
    JSON.std
        .mapFrom(text("/chat/conversations.json"))
        .forEach((name, variables) -> conversations.put(name, request(map(variables))));
    return conversations;
  }

  private static ChatRequest request(Map<String, Object> variables) {
    Map<String, Object> others = new LinkedHashMap<>(variables);
    List<ChatMessage> messages = maps(others.remove("messages")).map(ChatGoldens::message).toList();
    Object tools = others.remove("tools");
    boolean addGenerationPrompt = (boolean) others.remove("add_generation_prompt");
    return new ChatRequest(
        messages, tools == null ? List.of() : maps(tools).toList(), addGenerationPrompt, others);
  }

  private static ChatMessage message(Map<String, Object> message) {
    List<ToolCall> calls =
        maps(message.getOrDefault("tool_calls", List.of())).map(ChatGoldens::call).toList();
    return new ChatMessage(
        (String) message.get("role"),
        ChatContent.of(message.get("content")),
        calls,
        Optional.ofNullable((String) message.get("tool_call_id")),
        Optional.ofNullable((String) message.get("name")));
  }

  private static ToolCall call(Map<String, Object> call) {
    Map<String, Object> function = map(call.get("function"));
    return new ToolCall(
        (String) call.get("id"), (String) function.get("name"), map(function.get("arguments")));
  }

  private static Stream<Map<String, Object>> maps(Object list) {
    return ((List<?>) list).stream().map(ChatGoldens::map);
  }

  @SuppressWarnings("unchecked") // jackson-jr makes the keys of objects strings.
  private static Map<String, Object> map(Object object) {
    return (Map<String, Object>) object;
  }
}
