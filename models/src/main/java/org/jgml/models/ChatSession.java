package org.jgml.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jgml.kvcache.tier.CacheException;
import org.jgml.models.chat.ChatMessage;
import org.jgml.models.chat.ChatRequest;
import org.jgml.models.chat.ChatTemplate;
import org.jgml.models.tokenizer.SpecialToken;
import org.jgml.models.tokenizer.Tokenizer;
import org.jgml.models.tokenizer.TokenizerFlag;

/// A conversation with a model.
///
/// Each turn renders the whole conversation and evaluates only the tokens that the session does not
/// hold yet. When the context is full, the oldest turns are forgotten; system messages stay.
/// Confined to one thread at a time, but for [#cancel]. Closes the model session that it has.
public final class ChatSession implements AutoCloseable {
  /// Old turns are forgotten until this share of the context is free for the answer.
  private static final int ANSWER_SHARE = 8;

  // Another thread may cancel it.
  private volatile ModelSession session;
  private final ChatTemplate template;
  // Templates may tell the time; a new one each turn would change what the session holds.
  private final LocalDateTime begin = LocalDateTime.now();
  private List<ChatMessage> messages;
  private ChatStatistics statistics = ChatStatistics.none();

  /// @param session becomes this object's own
  /// @param messages what the conversation begins with: mostly nothing, or a system message
  public ChatSession(ModelSession session, ChatTemplate template, List<ChatMessage> messages) {
    this.session = session;
    this.template = template;
    this.messages = List.copyOf(messages);
  }

  /// The session that holds the conversation; another one after [#load].
  public ModelSession session() {
    return session;
  }

  /// What was said, as far as it is not forgotten.
  public List<ChatMessage> messages() {
    return messages;
  }

  /// What the turns so far took.
  public ChatStatistics statistics() {
    return statistics;
  }

  /// Says something and streams the answer; both join the conversation. A cancelled answer is kept
  /// as far as it came; if nothing came, nothing was said.
  ///
  /// @param output takes each piece of text as soon as it is complete
  /// @throws ContextFullException if the text alone does not fit
  /// @throws org.jgml.models.chat.ChatTemplateException if the template fails on the conversation
  public ChatTurn answer(String text, GenerationOptions options, Consumer<String> output) {
    Conversation asked = new Conversation(messages);
    asked.add(ChatMessage.user(text));
    ChatTurn turn;
    try {
      turn = answer(asked, options, output);
    } finally {
      session.forgetCancel();
    }
    statistics = statistics.plus(turn);
    String answer = turn.generation().text();
    if (!answer.isEmpty() || turn.generation().stopReason() != StopReason.CANCELLED) {
      asked.add(ChatMessage.assistant(answer));
      messages = asked.messages();
    }
    return turn;
  }

  private ChatTurn answer(Conversation asked, GenerationOptions options, Consumer<String> output) {
    int before = asked.messages().size();
    int[] prompt = fit(asked, "", options.maxTokens());
    int reused = rewindTo(prompt);
    Generation generation = generate(prompt, options, output);
    while (generation.stopReason() == StopReason.CONTEXT_FULL && asked.hasOlderTurn()) {
      int left = options.maxTokens() - generation.generatedTokens();
      int more = options.maxTokens() < 0 ? options.maxTokens() : left;
      prompt = fit(asked, generation.text(), more);
      reused += rewindTo(prompt);
      Generation rest = generate(prompt, options.withMaxTokens(more), output);
      generation = generation.followedBy(rest);
    }
    return new ChatTurn(generation, reused, before - asked.messages().size());
  }

  /// Forgets turns until there is room for an answer, and gives the tokens of what is left.
  private int[] fit(Conversation asked, String begun, int maxTokens) {
    int share = session.contextLength() / ANSWER_SHARE;
    int answer = maxTokens < 0 ? share : Math.min(share, maxTokens);
    int[] prompt = tokens(asked, begun);
    while (prompt.length + answer > session.contextLength() && asked.hasOlderTurn()) {
      asked.dropOldestTurn();
      prompt = tokens(asked, begun);
    }
    return prompt;
  }

  /// The tokens of a conversation and of an answer that has begun.
  private int[] tokens(Conversation asked, String begun) {
    String text = template.render(new ChatRequest(asked.messages()), begin) + begun;
    Tokenizer tokenizer = session.model().tokenizer();
    int[] tokens = tokenizer.encode(text, false, true);
    OptionalInt bos = tokenizer.vocabulary().special(SpecialToken.BOS);
    boolean lacksBos =
        tokenizer.vocabulary().has(TokenizerFlag.ADD_BOS)
            && bos.isPresent()
            && (tokens.length == 0 || tokens[0] != bos.getAsInt());
    return lacksBos ? IntStream.concat(bos.stream(), Arrays.stream(tokens)).toArray() : tokens;
  }

  /// Forgets what the session holds beyond the beginning of the prompt.
  ///
  /// @return the tokens that stay; at least one token is always left to evaluate
  private int rewindTo(int... prompt) {
    int difference = Arrays.mismatch(session.tokens(), prompt);
    int common = difference < 0 ? prompt.length : difference;
    session.rewind(session.rewindPoint(Math.min(common, prompt.length - 1)));
    return session.length();
  }

  private Generation generate(int[] prompt, GenerationOptions options, Consumer<String> output) {
    int[] unread = Arrays.copyOfRange(prompt, session.length(), prompt.length);
    return session.generate(unread, options, output);
  }

  /// Makes the answer that is being written end. May be called by any thread.
  public void cancel() {
    session.cancel();
  }

  /// Forgets all but the system messages at the beginning.
  public void clear() {
    messages = messages.stream().takeWhile(Conversation::isSystem).toList();
  }

  /// Writes the conversation to a file, as JSON, and what the model remembers of it into a file
  /// beside it, `NAME.session`.
  ///
  /// @throws IOException if the conversation cannot be written
  /// @throws CacheException if what the model remembers cannot be written; the conversation is
  public void save(Path file) throws IOException {
    ChatFile.write(file, session.model().name(), messages);
    if (session.length() > 0) {
      session.save(memoryOf(file));
    }
  }

  private static Path memoryOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".session");
  }

  /// Goes on with a conversation that was saved, and with what the model remembered of it. Without
  /// the latter, the conversation is read again with the next turn.
  ///
  /// @return why what the model remembered is of no use, if it is not
  /// @throws IOException if the conversation cannot be read, or is something else
  public Optional<String> load(Path file) throws IOException {
    messages = ChatFile.read(file);
    Path memory = memoryOf(file);
    return Files.exists(memory) ? restore(memory) : Optional.empty();
  }

  private Optional<String> restore(Path memory) {
    ModelSession old = session;
    // First, since it may be the one that has the file open.
    old.close();
    try {
      session = old.model().restoreSession(memory, old.options());
      return Optional.empty();
    } catch (CacheException e) {
      session = old.model().newSession(old.options());
      return Optional.of(e.getMessage());
    } finally {
      session.listen(old.listener());
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
