package org.jgml.models.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a template is to render: a conversation and what belongs to it.
///
/// @param tools descriptions of the tools that the model may call, as JSON has them; see [ChatJson]
/// @param addGenerationPrompt whether the text is to end where the answer of the model begins
/// @param variables further variables for the template, such as `enable_thinking`
public record ChatRequest(
    List<ChatMessage> messages,
    List<? extends Map<String, ?>> tools,
    boolean addGenerationPrompt,
    Map<String, ?> variables) {
  public ChatRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /// A conversation that the model is to answer.
  public ChatRequest(List<ChatMessage> messages) {
    this(messages, List.of(), true, Map.of());
  }

  public ChatRequest withTools(List<? extends Map<String, ?>> newTools) {
    return new ChatRequest(messages, newTools, addGenerationPrompt, variables);
  }

  public ChatRequest withGenerationPrompt(boolean wanted) {
    return new ChatRequest(messages, tools, wanted, variables);
  }

  /// With one more variable; one of the same name is replaced.
  public ChatRequest withVariable(String name, Object value) {
    Map<String, Object> extended = new LinkedHashMap<>(variables);
    extended.put(name, value);
    return new ChatRequest(messages, tools, addGenerationPrompt, extended);
  }

  /// The request as templates see it.
  Map<String, Object> allVariables() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("messages", messages.stream().map(ChatMessage::variables).toList());
    all.put("tools", tools.isEmpty() ? null : tools);
    all.put("documents", null);
    all.put("add_generation_prompt", addGenerationPrompt);
    all.putAll(variables);
    return all;
  }
}
