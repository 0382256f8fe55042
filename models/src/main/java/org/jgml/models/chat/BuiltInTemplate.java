package org.jgml.models.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Templates for models whose file has none that works. They know no tools.
public enum BuiltInTemplate {
  CHATML("<|im_start|>", "<|im_end|>"),
  LLAMA3("<|start_header_id|>", "<|end_header_id|>"),
  GEMMA("<start_of_turn>", "<end_of_turn>"),
  PHI3("<|user|>", "<|assistant|>", "<|end|>"),
  ZEPHYR("<|user|>", "<|assistant|>"),
  MISTRAL("[INST]", "[/INST]"),
  LLAMA2("<s>", "</s>");

  private final List<String> tokens;

  BuiltInTemplate(String... tokens) {
    this.tokens = List.of(tokens);
  }

  /// The first template all of whose special tokens a vocabulary has; [#CHATML], which most models
  /// understand, if there is none.
  static BuiltInTemplate suitedTo(Predicate<String> hasToken) {
    return Stream.of(values())
        .filter(template -> template.tokens.stream().allMatch(hasToken))
        .findFirst()
        .orElse(CHATML);
  }

  /// The names of all.
  static Stream<String> names() {
    return Stream.of(values()).map(BuiltInTemplate::templateName);
  }

  /// The template of this name, such as `llama3`.
  static Optional<BuiltInTemplate> named(String name) {
    return Stream.of(values()).filter(template -> template.templateName().equals(name)).findFirst();
  }

  /// The name in warnings, such as `llama3`.
  public String templateName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public ChatTemplate template() {
    return ChatTemplate.parse(text());
  }

  private String text() {
    String resource = templateName() + ".jinja";
    try (InputStream in = BuiltInTemplate.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
