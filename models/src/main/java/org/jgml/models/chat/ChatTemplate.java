package org.jgml.models.chat;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jgml.models.chat.jinja.JinjaException;
import org.jgml.models.chat.jinja.JinjaTemplate;

/// Turns conversations into text: a template in the language Jinja, as models come with.
///
/// Immutable; may render in several threads at a time.
public final class ChatTemplate {
  private final JinjaTemplate template;
  private final Map<String, Object> variables;

  private ChatTemplate(JinjaTemplate template, Map<String, ?> variables) {
    this.template = template;
    this.variables = new LinkedHashMap<>(variables);
  }

  /// Parses a template.
  ///
  /// @throws ChatTemplateException if it is malformed
  public static ChatTemplate parse(String text) {
    try {
      return new ChatTemplate(JinjaTemplate.parse(text), Map.of());
    } catch (JinjaException malformed) {
      throw new ChatTemplateException(malformed);
    }
  }

  /// The same template with variables for every request, such as `bos_token`.
  public ChatTemplate withVariables(Map<String, ?> additional) {
    Map<String, Object> all = new LinkedHashMap<>(variables);
    all.putAll(additional);
    return new ChatTemplate(template, all);
  }

  /// The text of a conversation, today.
  ///
  /// @throws ChatTemplateException if the template fails on it
  public String render(ChatRequest request) {
    return render(request, LocalDateTime.now());
  }

  /// The text of a conversation.
  ///
  /// @param now the time for templates that tell the model the date
  /// @throws ChatTemplateException if the template fails on the conversation
  public String render(ChatRequest request, LocalDateTime now) {
    Map<String, Object> all = new LinkedHashMap<>(variables);
    all.putAll(request.allVariables());
    try {
      return template.render(all, now);
    } catch (JinjaException failure) {
      throw new ChatTemplateException(failure);
    }
  }
}
