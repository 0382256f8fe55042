package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChatInterruptsTest {
  private final List<String> reactions = new ArrayList<>();
  private final ChatInterrupts interrupts =
      new ChatInterrupts(
          () -> reactions.add("stop"), () -> reactions.add("hint"), () -> reactions.add("leave"));

  @Test
  void stopsAnswersAndLeavesWhenPressedTwiceAtThePrompt() {
    interrupts.answerBegins();
    interrupts.interrupt();
    interrupts.interrupt();
    interrupts.answerEnds();
    interrupts.interrupt();
    interrupts.interrupt();
    assertEquals(List.of("stop", "stop", "hint", "leave"), reactions);
  }

  @Test
  void anAnswerInBetweenForgetsTheFirstPress() {
    interrupts.interrupt();
    interrupts.answerBegins();
    interrupts.answerEnds();
    interrupts.interrupt();
    assertEquals(List.of("hint", "hint"), reactions);
  }
}
