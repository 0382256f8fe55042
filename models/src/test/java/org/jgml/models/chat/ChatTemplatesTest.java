package org.jgml.models.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.tokenizer.SpecialToken;
import org.jgml.models.tokenizer.TokenizerModel;
import org.jgml.models.tokenizer.Vocabulary;
import org.jgml.models.tokenizer.VocabularyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ChatTemplatesTest {
  private static final ChatRequest HELLO =
      new ChatRequest(List.of(ChatMessage.system("Be kind."), ChatMessage.user("Hello")));

  /// Single bytes, `<s>` and `</s>`, and some more special tokens.
  private static Vocabulary vocabulary(String... special) {
    List<String> texts =
        Stream.concat(Stream.of("<unk>", "<s>", "</s>"), Stream.of(special)).toList();
    return new VocabularyBuilder(TokenizerModel.SENTENCE_PIECE)
        .tokens(texts)
        .special(SpecialToken.BOS, 1)
        .special(SpecialToken.EOS, 2)
        .build();
  }

  @Test
  void theTemplateOfTheModelIsUsedWithItsSpecialTokens() {
    ModelTemplate chosen =
        ChatTemplates.choose(
            Optional.of("{{ bos_token }}{{ messages[-1].content }}{{ eos_token }}"), vocabulary());
    assertEquals("<s>Hello</s>", chosen.template().render(HELLO));
    assertEquals(Optional.empty(), chosen.builtIn());
    assertEquals(Optional.empty(), chosen.warning());
  }

  @Test
  void aMalformedTemplateGivesAWarningThatNamesItsLineAndTheFallback() {
    ModelTemplate chosen =
        ChatTemplates.choose(
            Optional.of("{{ bos_token }}\n{% include 'x' %}"),
            vocabulary("<|im_start|>", "<|im_end|>"));
    assertEquals(
        "the model's chat template, line 2, column 4: unknown tag 'include'; "
            + "using the built-in template 'chatml' instead",
        chosen.warning().orElseThrow());
    assertEquals(Optional.of(BuiltInTemplate.CHATML), chosen.builtIn());
    assertEquals(
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n"
            + "<|im_start|>assistant\n",
        chosen.template().render(HELLO));
  }

  @Test
  void aTemplateThatCannotRenderGivesAWarningThatNamesItsLine() {
    ModelTemplate chosen =
        ChatTemplates.choose(
            Optional.of("{% for m in messages %}\n{{ m.content | translate }}\n{% endfor %}"),
            vocabulary("<start_of_turn>", "<end_of_turn>"));
    assertEquals(
        "the model's chat template, line 2, column 16: no filter is named 'translate'; "
            + "using the built-in template 'gemma' instead",
        chosen.warning().orElseThrow());
  }

  @Test
  void aModelWithoutATemplateGetsOneThatSuitsItsTokens() {
    ModelTemplate chosen = ChatTemplates.choose(Optional.empty(), vocabulary());
    assertEquals(
        "the model has no chat template; using the built-in template 'llama2' instead",
        chosen.warning().orElseThrow());
    assertEquals(
        "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHello [/INST]", chosen.template().render(HELLO));
  }

  @TempDir private Path folder;

  private GgufFile withVariants() throws IOException {
    Path path = folder.resolve("variants.gguf");
    new GgufWriter()
        .put("tokenizer.chat_templates", GgufValue.ofStrings(List.of("tool_use")))
        .put("tokenizer.chat_template", GgufValue.of("plain {{ bos_token }}"))
        .put("tokenizer.chat_template.tool_use", GgufValue.of("tools {{ eos_token }}"))
        .write(path);
    return GgufFile.open(path);
  }

  @Test
  void aTemplateIsFoundByItsName() throws IOException {
    try (GgufFile file = withVariants()) {
      GgufMetadata metadata = file.metadata();
      Vocabulary vocabulary = vocabulary();
      assertEquals("plain <s>", ChatTemplates.named("default", metadata, vocabulary).render(HELLO));
      assertEquals(
          "tools </s>", ChatTemplates.named("tool_use", metadata, vocabulary).render(HELLO));
      assertEquals(
          BuiltInTemplate.CHATML.template().render(HELLO),
          ChatTemplates.named("chatml", metadata, vocabulary).render(HELLO));
    }
  }

  @Test
  void aVariantRendersAsItsGoldenTexts() throws IOException {
    Path path = folder.resolve("tools.gguf");
    new GgufWriter()
        .put("tokenizer.chat_template", GgufValue.of(ChatGoldens.template("chatml.jinja")))
        .put(
            "tokenizer.chat_template.tool_use",
            GgufValue.of(ChatGoldens.template("tool_use.jinja")))
        .write(path);
    Map<String, ChatRequest> conversations = ChatGoldens.conversations();
    try (GgufFile file = GgufFile.open(path)) {
      ChatTemplate variant = ChatTemplates.named("tool_use", file.metadata(), vocabulary());
      for (ChatGoldens.Golden golden : ChatGoldens.all()) {
        if (golden.template().equals("tool_use.jinja")) {
          ChatRequest request = conversations.get(golden.conversation());
          assertEquals(golden.expected().orElseThrow(), variant.render(request, ChatGoldens.NOW));
        }
      }
    }
  }

  @Test
  void aNameWithoutATemplateIsRefusedWithThoseThereAre() throws IOException {
    try (GgufFile file = withVariants()) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> ChatTemplates.named("rag", file.metadata(), vocabulary()));
      assertEquals(
          "no chat template is named 'rag'; there are default, tool_use, chatml, llama3, gemma,"
              + " phi3, zephyr, mistral, llama2",
          refusal.getMessage());
    }
  }

  @Test
  void specialTokensDecideWhichTemplateSuits() {
    assertEquals(BuiltInTemplate.CHATML, suitedTo("<|im_start|>", "<|im_end|>", "<s>", "</s>"));
    assertEquals(BuiltInTemplate.LLAMA3, suitedTo("<|start_header_id|>", "<|end_header_id|>"));
    assertEquals(BuiltInTemplate.GEMMA, suitedTo("<start_of_turn>", "<end_of_turn>"));
    assertEquals(BuiltInTemplate.PHI3, suitedTo("<|user|>", "<|assistant|>", "<|end|>", "<s>"));
    assertEquals(BuiltInTemplate.ZEPHYR, suitedTo("<|user|>", "<|assistant|>", "<s>", "</s>"));
    assertEquals(BuiltInTemplate.MISTRAL, suitedTo("[INST]", "[/INST]", "<s>", "</s>"));
    assertEquals(BuiltInTemplate.LLAMA2, suitedTo("<s>", "</s>"));
    assertEquals(BuiltInTemplate.CHATML, suitedTo());
  }

  private static BuiltInTemplate suitedTo(String... tokens) {
    return BuiltInTemplate.suitedTo(Set.of(tokens)::contains);
  }

  @ParameterizedTest
  @EnumSource
  void everyBuiltInTemplateKeepsWhatIsSaid(BuiltInTemplate builtIn) {
    String text = builtIn.template().render(HELLO);
    assertTrue(text.contains("Be kind.") && text.contains("Hello"), text);
  }
}
