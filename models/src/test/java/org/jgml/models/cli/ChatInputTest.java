package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jgml.models.cli.ChatInput.Entry;
import org.junit.jupiter.api.Test;

final class ChatInputTest {
  private final List<String> prompts = new ArrayList<>();

  private List<Entry> read(String typed) throws IOException {
    prompts.clear();
    ChatInput input = new ChatInput(new BufferedReader(new StringReader(typed)), prompts::add);
    List<Entry> entries = new ArrayList<>();
    for (Optional<Entry> next = input.next(); next.isPresent(); next = input.next()) {
      entries.add(next.orElseThrow());
    }
    return entries;
  }

  private static Entry text(String text) {
    return new Entry(text, false, false);
  }

  @Test
  void aLineIsAMessageAndBlankOnesAreNone() throws IOException {
    assertEquals(List.of(text("a"), text(" b")), read("a\n\n  \n b"));
    assertEquals(List.of("> ", "> ", "> ", "> ", "> "), prompts);
  }

  @Test
  void quotesHoldLinesTogether() throws IOException {
    assertEquals(List.of(text("a\n\n/b"), text("c")), read("\"\"\"a\n\n/b\"\"\"\nc\n"));
    assertEquals(List.of("> ", "... ", "... ", "> ", "> "), prompts);
    assertEquals(List.of(text("a\nb")), read("\"\"\"\na\nb\n\"\"\"\n"));
    assertEquals(List.of(text("/a"), text("b")), read("\"\"\"/a\"\"\"\nb"));
    assertEquals(List.of(text("open\nend")), read("\"\"\"open\nend"));
  }

  @Test
  void aBackslashAtTheEndContinuesALine() throws IOException {
    assertEquals(List.of(text("a \nb\nc"), text("d")), read("a \\\nb\\\nc\nd"));
    assertEquals(List.of(text("a")), read("a\\"));
  }

  @Test
  void aLineAsLongAsATerminalPassesOnMayBeCut() throws IOException {
    String longest = "ü".repeat(2047) + "x";
    assertEquals(List.of(true, false), cuts(longest + "\n" + longest + "x\n"));
    assertEquals(List.of(true, false), cuts("\"\"\"\n" + longest + "\n\"\"\"\nb"));
  }

  private List<Boolean> cuts(String typed) throws IOException {
    return read(typed).stream().map(Entry::mayBeCut).toList();
  }

  @Test
  void aSlashMakesACommand() throws IOException {
    assertEquals(
        List.of(new Entry("/save a b", true, false), text("a/b")), read("/save a b\na/b\n"));
  }
}
