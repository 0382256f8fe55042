package org.jgml.models.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.tokenizer.SpecialToken;
import org.jgml.models.tokenizer.Vocabulary;

/// Finds the chat templates of models.
public final class ChatTemplates {
  /// The GGUF key of a model's template.
  public static final String KEY = "tokenizer.chat_template";

  private static final String DEFAULT_VARIANT = "default";

  /// What a template must be able to render to be used.
  private static final ChatRequest PROBE =
      new ChatRequest(
          List.of(ChatMessage.user("Hello"), ChatMessage.assistant("Hi"), ChatMessage.user("Bye")));

  private static final Map<String, SpecialToken> TOKEN_VARIABLES =
      Map.of(
          "bos_token", SpecialToken.BOS,
          "eos_token", SpecialToken.EOS,
          "unk_token", SpecialToken.UNKNOWN,
          "pad_token", SpecialToken.PADDING);

  private ChatTemplates() {}

  /// The template of a model's file if it renders a short conversation, else a built-in one.
  ///
  /// @throws GgufException if the template in the file is no text
  public static ModelTemplate forModel(GgufMetadata metadata, Vocabulary vocabulary)
      throws GgufException {
    return choose(metadata.string(KEY), vocabulary);
  }

  /// The template of this name: one of the variants in the model's file (`tool_use`, `rag`;
  /// `default` is the unnamed one), or a built-in one.
  ///
  /// @throws GgufException if the template in the file is no text
  /// @throws IllegalArgumentException if there is none of this name, listing those there are
  /// @throws ChatTemplateException if it is malformed
  public static ChatTemplate named(String name, GgufMetadata metadata, Vocabulary vocabulary)
      throws GgufException {
    String key = name.equals(DEFAULT_VARIANT) ? KEY : KEY + "." + name;
    Optional<String> text = metadata.string(key);
    if (text.isPresent()) {
      return prepared(ChatTemplate.parse(text.orElseThrow()), vocabulary);
    }
    List<String> names = Stream.concat(variants(metadata), BuiltInTemplate.names()).toList();
    return BuiltInTemplate.named(name)
        .map(builtIn -> prepared(builtIn.template(), vocabulary))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no chat template is named '%s'; there are %s"
                    .formatted(name, String.join(", ", names))));
  }

  /// A template from elsewhere, with the special tokens of a model as variables.
  ///
  /// @throws ChatTemplateException if it is malformed
  public static ChatTemplate parse(String text, Vocabulary vocabulary) {
    return prepared(ChatTemplate.parse(text), vocabulary);
  }

  /// The names of the templates in a model's file.
  private static Stream<String> variants(GgufMetadata metadata) {
    Stream<String> unnamed = metadata.contains(KEY) ? Stream.of(DEFAULT_VARIANT) : Stream.of();
    Stream<String> named =
        metadata.keys().stream()
            .filter(key -> key.startsWith(KEY + "."))
            .map(key -> key.substring(KEY.length() + 1));
    return Stream.concat(unnamed, named);
  }

  /// As [#forModel], with the text of the template instead of the file.
  public static ModelTemplate choose(Optional<String> text, Vocabulary vocabulary) {
    if (text.isEmpty()) {
      return fallback("the model has no chat template", vocabulary);
    }
    try {
      ChatTemplate template = prepared(ChatTemplate.parse(text.orElseThrow()), vocabulary);
      template.render(PROBE);
      return new ModelTemplate(template, Optional.empty(), Optional.empty());
    } catch (ChatTemplateException failure) {
      return fallback("the model's " + failure.getMessage(), vocabulary);
    }
  }

  private static ModelTemplate fallback(String reason, Vocabulary vocabulary) {
    BuiltInTemplate builtIn =
        BuiltInTemplate.suitedTo(token -> vocabulary.token(token).isPresent());
    String warning =
        reason + "; using the built-in template '" + builtIn.templateName() + "' instead";
    return new ModelTemplate(
        prepared(builtIn.template(), vocabulary), Optional.of(builtIn), Optional.of(warning));
  }

  private static ChatTemplate prepared(ChatTemplate template, Vocabulary vocabulary) {
    Map<String, String> variables = new LinkedHashMap<>();
    TOKEN_VARIABLES.forEach((name, part) ->
        vocabulary.special(part).ifPresent(token -> variables.put(name, vocabulary.text(token))));
    return template.withVariables(variables);
  }
}
