package org.jgml.models.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ChatTemplateTest {
  @TestFactory
  Stream<DynamicTest> rendersWhatJinja2Renders() throws IOException {
    Map<String, ChatRequest> conversations = ChatGoldens.conversations();
    return ChatGoldens.all().stream()
        .map(golden ->
            dynamicTest(
                golden.template() + ", " + golden.conversation(),
                () -> check(golden, conversations.get(golden.conversation()))));
  }

  private static void check(ChatGoldens.Golden golden, ChatRequest request) throws IOException {
    ChatTemplate template = ChatTemplate.parse(ChatGoldens.template(golden.template()));
    if (golden.expected().isPresent()) {
      assertEquals(golden.expected().orElseThrow(), template.render(request, ChatGoldens.NOW));
    } else {
      assertThrows(ChatTemplateException.class, () -> template.render(request, ChatGoldens.NOW));
    }
  }

  @Test
  void namesTheLineOfATemplateThatIsMalformed() {
    ChatTemplateException failure =
        assertThrows(
            ChatTemplateException.class,
            () -> ChatTemplate.parse("a\nb {% for m in messages %}\n{{ m.role }\n"));
    assertEquals("chat template, line 3, column 11: unexpected '}'", failure.getMessage());
    assertEquals(3, failure.line());
    assertEquals(11, failure.column());
    assertEquals("unexpected '}'", failure.problem());
  }

  @Test
  void namesTheLineWhereAConversationIsRefused() {
    String text = "{% for m in messages %}\n  {{ raise_exception('No ' + m.role) }}\n{% endfor %}";
    ChatRequest request = new ChatRequest(List.of(ChatMessage.system("x")));
    ChatTemplateException failure =
        assertThrows(ChatTemplateException.class, () -> ChatTemplate.parse(text).render(request));
    assertEquals("chat template, line 2, column 21: No system", failure.getMessage());
  }

  @Test
  void variablesOfARequestWinOverThoseOfTheTemplate() {
    ChatTemplate template =
        ChatTemplate.parse("{{ bos_token }}{{ a }}").withVariables(Map.of("bos_token", "<s>"));
    ChatRequest request = new ChatRequest(List.of());
    assertEquals("<s>", template.render(request));
    assertEquals(
        "<b>1", template.render(request.withVariable("bos_token", "<b>").withVariable("a", 1)));
  }

  @Test
  void theTimeIsToldToTemplatesThatAsk() {
    ChatTemplate template = ChatTemplate.parse("{{ strftime_now('%d %B %Y') }}");
    ChatRequest request = new ChatRequest(List.of());
    assertEquals("26 July 2024", template.render(request, ChatGoldens.NOW));
    assertTrue(template.render(request).matches("\\d\\d \\w+ \\d{4}"));
  }

  @Test
  void toolsAreNoneIfThereAreNone() {
    ChatTemplate template = ChatTemplate.parse("{{ tools }} {{ add_generation_prompt }}");
    ChatRequest request = new ChatRequest(List.of());
    assertEquals("None True", template.render(request));
    assertEquals(
        "[{'name': 'f'}] False",
        template.render(
            request.withTools(List.of(Map.of("name", "f"))).withGenerationPrompt(false)));
  }

  @Test
  void messagesHaveTheFieldsThatTemplatesKnow() {
    ToolCall call = new ToolCall("id1", "f", Map.of("x", 1));
    ChatRequest request =
        new ChatRequest(
            List.of(ChatMessage.assistant("", List.of(call)), ChatMessage.tool(call, "done")));
    assertEquals(
        "[{\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [{\"id\": \"id1\", "
            + "\"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": {\"x\": 1}}}]"
            + "}, {\"role\": \"tool\", \"content\": \"done\", \"tool_call_id\": \"id1\", "
            + "\"name\": \"f\"}]",
        ChatTemplate.parse("{{ messages | tojson }}").render(request));
  }

  @Test
  void contentMayBeNothingOrAListOfParts() {
    ChatContent parts = new ChatContent.Parts(List.of("a", "b"));
    ChatRequest request =
        new ChatRequest(
            List.of(
                ChatMessage.assistant(new ChatContent.None(), List.of()),
                ChatMessage.assistant(parts, List.of())));
    assertEquals(
        "None a+b+",
        ChatTemplate.parse(
                "{{ messages[0].content }} {% for p in messages[1].content %}{{ p.text }}+"
                    + "{% endfor %}")
            .render(request));
    assertEquals("ab", parts.text());
    for (ChatMessage message : request.messages()) {
      assertEquals(message.content(), ChatContent.of(message.content().json()));
    }
  }

  @Test
  void contentThatIsNoTextIsRefused() {
    for (Object json : List.of(1, Map.of(), List.of("a"), List.of(Map.of("type", "image")))) {
      assertThrows(IllegalArgumentException.class, () -> ChatContent.of(json));
    }
  }

  @Test
  void refusesVariablesThatNoTemplateCanUse() {
    ChatRequest request = new ChatRequest(List.of()).withVariable("a", new StringBuilder[0]);
    assertThrows(IllegalArgumentException.class, () -> ChatTemplate.parse("").render(request));
  }
}
