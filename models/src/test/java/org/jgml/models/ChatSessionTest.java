package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jgml.models.chat.ChatMessage;
import org.jgml.models.chat.ChatTemplate;
import org.jgml.models.sampling.SamplingOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Conversations with the bundled model, in a template that its few tokens can spell.
final class ChatSessionTest {
  private static final ChatTemplate TEMPLATE =
      ChatTemplate.parse(
          "{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}"
              + "{% elif m.role == 'user' %} {{ m.content }}{% else %}{{ m.content }};{% endif %}"
              + "{% endfor %}");

  private static final String FACT = "ko ki di ka nu#Ba=48213; no ga ba bu ge ra li du ke.#Ba=";
  private static final String QUESTION = "no ga.#Ba=";
  private static final GenerationOptions GREEDY =
      GenerationOptions.defaults().withSampling(SamplingOptions.greedy()).withMaxTokens(5);

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(BundledModel.file(), ModelOptions.defaults());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ModelSession session(int contextLength) {
    return model.newSession(SessionOptions.defaults().withContextLength(contextLength));
  }

  private static ChatSession chat(ModelSession session, ChatMessage... messages) {
    return new ChatSession(session, TEMPLATE, List.of(messages));
  }

  private static String answer(ChatSession chat, String text) {
    return chat.answer(text, GREEDY, _ -> {}).generation().text();
  }

  private static int[] tokens(String text) {
    return model.tokenizer().encode(text, true, true);
  }

  @Test
  void remembersWhatWasSaid() {
    List<String> pieces = new ArrayList<>();
    try (ModelSession session = session(256)) {
      ChatSession chat = chat(session);
      ChatTurn first = chat.answer(FACT, GREEDY, pieces::add);
      assertEquals("48213", first.generation().text());
      assertEquals(List.of("4", "8", "2", "1", "3"), pieces);
      assertEquals("48213", answer(chat, QUESTION));
      assertEquals(
          List.of(
              ChatMessage.user(FACT),
              ChatMessage.assistant("48213"),
              ChatMessage.user(QUESTION),
              ChatMessage.assistant("48213")),
          chat.messages());
    }
  }

  @Test
  void aTurnCostsOnlyItsNewTokens() {
    try (ModelSession session = session(256)) {
      ChatSession chat = chat(session);
      ChatTurn first = chat.answer(FACT, GREEDY, _ -> {});
      int held = session.length();
      ChatTurn second = chat.answer(QUESTION, GREEDY, _ -> {});
      int[] all = tokens(" " + FACT + "48213; " + QUESTION);
      assertEquals(tokens(" " + FACT).length, first.generation().promptTokens());
      assertEquals(0, first.reusedTokens());
      assertEquals(held, second.reusedTokens());
      assertEquals(all.length - held, second.generation().promptTokens());
      assertEquals(2, chat.statistics().turns());
      assertEquals(all.length, chat.statistics().readTokens() + 4);
      assertEquals(held, chat.statistics().reusedTokens());
      assertEquals(10, chat.statistics().generatedTokens());
    }
  }

  @Test
  void theSessionHoldsTheRenderedConversation() {
    try (ModelSession session = session(256)) {
      ChatSession chat = chat(session, ChatMessage.system("du."));
      answer(chat, FACT);
      String rendered = "du. " + FACT + "4821";
      assertEquals(rendered, model.tokenizer().decode(session.tokens(), false));
    }
  }

  @Test
  void oldestTurnsAreForgottenWhenTheContextIsFull() {
    try (ModelSession session = session(64)) {
      ChatSession chat = chat(session, ChatMessage.system("du."));
      int dropped = 0;
      for (int turn = 0; turn < 6; turn++) {
        dropped += chat.answer(FACT, GREEDY, _ -> {}).droppedMessages();
        assertEquals(ChatMessage.system("du."), chat.messages().getFirst());
        assertEquals("user", chat.messages().get(1).role());
        assertEquals(13 - 2 * (5 - turn) - dropped, chat.messages().size());
      }
      assertTrue(dropped >= 8, "dropped " + dropped);
      assertEquals(dropped, chat.statistics().droppedMessages());
    }
  }

  @Test
  void aLongAnswerForgetsOldTurnsInsteadOfEnding() {
    try (ModelSession session = session(64)) {
      ChatSession chat = chat(session);
      answer(chat, "ko ki di ka nu");
      answer(chat, "ko ki di ka nu");
      ChatTurn turn = chat.answer("no ga ba", GREEDY.withMaxTokens(47), _ -> {});
      assertTrue(turn.droppedMessages() > 0);
      assertEquals(47, turn.generation().generatedTokens());
      assertEquals(StopReason.TOKEN_LIMIT, turn.generation().stopReason());
      assertEquals(turn.generation().text(), chat.messages().getLast().content().text());
    }
  }

  @Test
  void anAnswerEndsWhereNothingCanBeForgotten() {
    try (ModelSession session = session(32)) {
      ChatTurn turn = chat(session).answer("no ga ba", GREEDY.withMaxTokens(-1), _ -> {});
      assertEquals(StopReason.CONTEXT_FULL, turn.generation().stopReason());
      assertEquals(0, turn.droppedMessages());
    }
  }

  @Test
  void aTextThatDoesNotFitIsNotSaid() {
    try (ModelSession session = session(24)) {
      ChatSession chat = chat(session);
      answer(chat, "ko");
      assertThrows(ContextFullException.class, () -> answer(chat, FACT));
      assertEquals(2, chat.messages().size());
      answer(chat, "ki");
      assertEquals(4, chat.messages().size());
    }
  }

  @Test
  void aCancelledAnswerIsKeptAsFarAsItCame() {
    try (ModelSession session = session(256)) {
      ChatSession chat = chat(session);
      ChatTurn turn = chat.answer(FACT, GREEDY, _ -> chat.cancel());
      assertEquals(StopReason.CANCELLED, turn.generation().stopReason());
      assertEquals("4", chat.messages().getLast().content().text());
      assertEquals("48213", answer(chat, QUESTION));
    }
  }

  @Test
  void whatIsCancelledBeforeItBeganWasNotSaid() {
    try (ModelSession session = session(256)) {
      ChatSession chat = chat(session);
      chat.cancel();
      assertEquals("", answer(chat, FACT));
      assertEquals(List.of(), chat.messages());
      assertEquals("48213", answer(chat, FACT));
    }
  }

  @Test
  void aClearedConversationKeepsItsSystemMessage() {
    try (ModelSession session = session(256)) {
      ChatSession chat = chat(session, ChatMessage.system("du."));
      String first = answer(chat, QUESTION);
      answer(chat, FACT);
      chat.clear();
      assertEquals(List.of(ChatMessage.system("du.")), chat.messages());
      assertEquals(first, answer(chat, QUESTION));
    }
  }

  @Test
  void aSavedConversationGoesOnElsewhere(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("chat.json");
    try (ModelSession session = session(256);
        ModelSession other = session(256)) {
      ChatSession chat = chat(session, ChatMessage.system("\"du\"\n\u00fc."));
      answer(chat, FACT);
      chat.save(file);
      try (ChatSession loaded = chat(other)) {
        loaded.load(file);
        assertEquals(chat.messages(), loaded.messages());
        assertEquals("48213", answer(loaded, QUESTION));
      }
    }
    assertTrue(Files.readString(file).contains("passkey-tiny"));
  }

  @Test
  void otherFilesAreNoConversations(@TempDir Path folder) throws IOException {
    String[] contents = {
      "",
      "[]",
      "{\"messages\": []}",
      "{\"format\": \"jgml-chat-1\", \"messages\": [{\"role\": \"user\"}]}"
    };
    try (ModelSession session = session(64)) {
      ChatSession chat = chat(session, ChatMessage.system("du."));
      for (String text : contents) {
        Path file = Files.writeString(folder.resolve("chat.json"), text);
        IOException refused = assertThrows(IOException.class, () -> chat.load(file), text);
        assertTrue(refused.getMessage().contains("not a saved conversation"));
      }
      assertEquals(1, chat.messages().size());
    }
  }
}
