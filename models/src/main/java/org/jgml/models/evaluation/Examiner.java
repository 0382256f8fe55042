package org.jgml.models.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jgml.models.Generation;
import org.jgml.models.GenerationOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.StopReason;
import org.jgml.models.chat.ChatMessage;
import org.jgml.models.chat.ChatRequest;
import org.jgml.models.chat.ChatTemplate;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;

/// Asks a model questions, one after the other, each in an empty context, and scores what it says.
/// The likeliest token is always taken.
public final class Examiner {
  private final ModelSession session;
  private final String cache;
  private final Optional<ChatTemplate> template;

  /// @param session forgets what it holds
  /// @param cache the name of its kind of cache
  /// @param template for tasks that are put as messages; without one they are put as texts
  public Examiner(ModelSession session, String cache, Optional<ChatTemplate> template) {
    this.session = session;
    this.cache = cache;
    this.template = template;
  }

  /// The name of the kind of cache.
  public String cache() {
    return cache;
  }

  /// What answers depend on besides the question.
  public String setup() {
    return session.facts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(fact -> fact.getKey() + " " + fact.getValue())
        .collect(Collectors.joining("; "));
  }

  /// Asks a question.
  ///
  /// @return the answer; empty if the session was cancelled meanwhile
  /// @throws org.jgml.models.ContextFullException if the prompt does not fit
  public Optional<Answer> answer(Question question) {
    session.rewind(0);
    long start = System.nanoTime();
    return text(question)
        .map(said -> {
          String answer = question.task().answer(said);
          return scored(question, answer, (System.nanoTime() - start) * 1e-9);
        });
  }

  private Optional<String> text(Question question) {
    try {
      return switch (question.prompt()) {
        case Prompt.Tokens(int[] prompt, int[] answer) ->
            Optional.of(continuation(prompt, answer.length));
        case Prompt.Text _, Prompt.Document _ -> generate(question);
      };
    } catch (CancellationException _) {
      return Optional.empty();
    }
  }

  private Answer scored(Question question, String text, double seconds) {
    return new Answer(
        question.id(),
        question.task().name(),
        cache,
        setup(),
        question.length(),
        question.depth(),
        text,
        question.task().metric().score(text, question),
        question.answers().stream().mapToDouble(right -> placed(text, right)).max().orElse(0),
        seconds);
  }

  /// A number of tokens whatever they are, so that the end of the text does not end the answer.
  private String continuation(int[] prompt, int count) {
    Sampler greedy = Sampler.of(SamplingOptions.greedy());
    int[] ids = new int[count];
    int[] unread = prompt;
    for (int i = 0; i < count; i++) {
      ids[i] = session.next(greedy, unread);
      unread = new int[] {ids[i]};
    }
    return session.model().tokenizer().decode(ids, false);
  }

  private Optional<String> generate(Question question) {
    String text = question.task().text(question);
    if (question.task().chat() && template.isPresent()) {
      text = template.orElseThrow().render(new ChatRequest(List.of(ChatMessage.user(text))));
    }
    GenerationOptions options =
        GenerationOptions.defaults()
            .withMaxTokens(question.task().maxTokens())
            .withSampling(SamplingOptions.greedy());
    Generation generation = session.generate(text, options, _ -> {});
    return generation.stopReason() == StopReason.CANCELLED
        ? Optional.empty()
        : Optional.of(generation.text());
  }

  /// The share of the characters of the right answer that stand in their places.
  private static double placed(String text, String right) {
    String given = text.strip();
    int same = 0;
    for (int i = 0; i < Math.min(given.length(), right.length()); i++) {
      same += given.charAt(i) == right.charAt(i) ? 1 : 0;
    }
    return right.isEmpty() ? 0 : (double) same / right.length();
  }
}
