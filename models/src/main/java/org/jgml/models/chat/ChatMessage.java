package org.jgml.models.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one party of a conversation says.
///
/// @param role who says it: mostly `system`, `user`, `assistant` or `tool`
/// @param content the text, or its parts
/// @param toolCalls the tools that an assistant wants to be called
/// @param toolCallId the call that a tool answers
/// @param name the name of the tool that answers, or of another speaker
public record ChatMessage(
    String role,
    ChatContent content,
    List<ToolCall> toolCalls,
    Optional<String> toolCallId,
    Optional<String> name) {
  public ChatMessage {
    toolCalls = List.copyOf(toolCalls);
  }

  /// A message that is only text.
  public ChatMessage(String role, String content) {
    this(role, new ChatContent.Text(content), List.of(), Optional.empty(), Optional.empty());
  }

  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  public static ChatMessage assistant(String content) {
    return new ChatMessage("assistant", content);
  }

  /// An answer that asks for tools to be called.
  public static ChatMessage assistant(String content, List<ToolCall> toolCalls) {
    return assistant(new ChatContent.Text(content), toolCalls);
  }

  /// An answer that asks for tools to be called and may say nothing.
  public static ChatMessage assistant(ChatContent content, List<ToolCall> toolCalls) {
    return new ChatMessage("assistant", content, toolCalls, Optional.empty(), Optional.empty());
  }

  /// What a tool answers to a call.
  public static ChatMessage tool(ToolCall call, String content) {
    return new ChatMessage(
        "tool",
        new ChatContent.Text(content),
        List.of(),
        Optional.of(call.id()),
        Optional.of(call.name()));
  }

  /// The message as templates see it.
  Map<String, Object> variables() {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("role", role);
    variables.put("content", content.json());
    if (!toolCalls.isEmpty()) {
      variables.put("tool_calls", toolCalls.stream().map(ToolCall::variables).toList());
    }
    toolCallId.ifPresent(id -> variables.put("tool_call_id", id));
    name.ifPresent(speaker -> variables.put("name", speaker));
    return variables;
  }
}
