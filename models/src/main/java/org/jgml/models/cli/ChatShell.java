package org.jgml.models.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jgml.kvcache.tier.CacheException;
import org.jgml.models.ChatSession;
import org.jgml.models.ChatStatistics;
import org.jgml.models.ChatTurn;
import org.jgml.models.ContextFullException;
import org.jgml.models.GenerationOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.StopReason;
import org.jgml.models.chat.ChatTemplateException;

/// The dialogue of a chat with its user: prompts, answers, and commands that begin with a slash.
final class ChatShell {
  private static final String HELP =
      """
      /help         this list
      /clear        begin a new conversation
      /save FILE    write the conversation to a file, and what the model remembers to FILE.session
      /load FILE    go on with a saved conversation
      /stats        what the conversation took so far
      /bye          leave; so do Ctrl-D and, at the prompt, Ctrl-C twice
      Lines between \""" and \""" are one message; so are lines that end in a backslash.
      Ctrl-C stops an answer.\
      """;

  private final ChatSession chat;
  private final GenerationOptions options;
  private final Streams streams;
  private final boolean interactive;
  private final ChatInterrupts interrupts;
  private boolean failed;
  private boolean left;

  /// @param interactive whether a person types, who wants prompts
  ChatShell(
      ChatSession chat,
      GenerationOptions options,
      Streams streams,
      boolean interactive,
      ChatInterrupts interrupts) {
    this.chat = chat;
    this.options = options;
    this.streams = streams;
    this.interactive = interactive;
    this.interrupts = interrupts;
  }

  /// Talks until the user leaves.
  ///
  /// @return whether all that was asked for could be done
  boolean run() throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
    ChatInput input = new ChatInput(lines, this::prompt);
    while (!left) {
      Optional<ChatInput.Entry> entry = input.next();
      if (entry.isEmpty()) {
        break;
      }
      react(entry.orElseThrow());
    }
    return !failed;
  }

  private void prompt(String mark) {
    if (interactive) {
      streams.out().print(mark);
      streams.out().flush();
    }
  }

  private void react(ChatInput.Entry entry) {
    try {
      if (interactive && entry.mayBeCut()) {
        throw new InputException(
            "not sent, since a terminal passes on %d bytes of a line and drops the rest. Fix: type it as several lines between \"\"\" and \"\"\""
                .formatted(ChatInput.LONGEST_TYPED_BYTES));
      }
      if (entry.isCommand()) {
        command(entry.text().strip());
      } else {
        answer(entry.text());
      }
    } catch (IOException
        | InvalidPathException
        | InputException
        | CacheException
        | ContextFullException
        | ChatTemplateException problem) {
      failed = !interactive;
      streams.note("jgml chat: " + Failure.describe(problem));
    }
  }

  private void command(String line) throws IOException {
    String[] words = line.split("\\s+", 2);
    switch (words[0]) {
      case "/help" -> streams.note(HELP);
      case "/clear" -> chat.clear();
      case "/save" -> chat.save(file(words));
      case "/load" -> load(file(words));
      case "/stats" -> streams.note(statistics());
      case "/bye" -> left = true;
      default -> throw new InputException("no command '%s'; see /help".formatted(words[0]));
    }
  }

  private void load(Path file) throws IOException {
    InputFile.require(file);
    chat.load(file)
        .ifPresent(problem ->
            streams.note("[the conversation will be read again: %s]".formatted(problem)));
  }

  private static Path file(String... words) {
    if (words.length < 2) {
      throw new InputException(words[0] + " needs the name of a file");
    }
    return Path.of(words[1]);
  }

  private void answer(String text) {
    ModelSession session = chat.session();
    ChatTurn turn;
    interrupts.answerBegins();
    // Without a person at the prompt, Ctrl-C ends the program, but in order.
    try (Interruption _ = interactive ? null : Interruption.calls(chat::cancel);
        Progress progress = Progress.show(streams, new ReadingProgress(session))) {
      turn =
          chat.answer(
              text,
              options,
              piece -> {
                progress.end();
                print(piece);
              });
    } finally {
      interrupts.answerEnds();
    }
    streams.out().println();
    streams.out().flush();
    tell(turn);
  }

  private void print(String piece) {
    streams.out().print(piece);
    // A reader that went away needs no more text.
    if (streams.out().checkError()) {
      left = true;
      chat.cancel();
    }
  }

  /// Says what the user would not see otherwise.
  private void tell(ChatTurn turn) {
    if (turn.droppedMessages() > 0) {
      streams.note(
          "[the context of %d tokens is full: the %d oldest messages were forgotten]"
              .formatted(chat.session().contextLength(), turn.droppedMessages()));
    }
    StopReason reason = turn.generation().stopReason();
    if (reason != StopReason.END_OF_GENERATION) {
      streams.note("[the answer is cut: %s]".formatted(reason));
    }
    left |= reason == StopReason.CANCELLED && !interactive;
  }

  private String statistics() {
    ChatStatistics sums = chat.statistics();
    return String.format(
        Locale.ROOT,
        "%d turns; context: %d of %d tokens; read: %d tokens, %.1f tokens/s; reused: %d tokens;"
            + " written: %d tokens, %.1f tokens/s; forgotten: %d messages; peak memory: %s",
        sums.turns(),
        chat.session().length(),
        chat.session().contextLength(),
        sums.readTokens(),
        sums.readTokensPerSecond(),
        sums.reusedTokens(),
        sums.generatedTokens(),
        sums.stepsPerSecond(),
        sums.droppedMessages(),
        ProcessMemory.describePeak());
  }
}
