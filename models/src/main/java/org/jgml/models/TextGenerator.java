package org.jgml.models;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jgml.models.sampling.Constraint;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.tokenizer.TextStream;
import org.jgml.models.tokenizer.Tokenizer;

/// One generation: reads a prompt, then chooses and reads a token at a time.
final class TextGenerator {
  private final ModelSession session;
  private final GenerationOptions options;
  private final Optional<Constraint> constraint;
  private final Sampler sampler;
  private final Consumer<String> output;
  private final TextStream stream;
  private final StringBuilder text = new StringBuilder();
  private final long start = System.nanoTime();
  private long promptRead;
  private int promptTokens;
  private int generated;
  private int steps;

  TextGenerator(ModelSession session, GenerationOptions options, Consumer<String> output) {
    this.session = session;
    this.options = options;
    this.output = output;
    options.sampling().requireTokensBelow(session.model().vocabularySize());
    Tokenizer tokenizer = session.model().tokenizer();
    this.constraint = options.sampling().form().map(form -> form.constraint(tokenizer));
    this.sampler = Sampler.of(options.sampling(), tokenizer::piece, constraint);
    this.stream = new TextStream(tokenizer, false);
  }

  Generation generate(int[] prompt) {
    int before = session.length();
    StopReason reason;
    try {
      sampler.accept(prompt);
      reason = options.maxTokens() == 0 ? readOnly(prompt) : continueAfter(prompt);
    } catch (CancellationException _) {
      reason = StopReason.CANCELLED;
      if (promptTokens == 0) {
        promptEnds(session.length() - before);
      }
    }
    emit(stream.finish());
    return new Generation(
        text.toString(),
        promptTokens,
        Duration.ofNanos(promptRead - start),
        generated,
        steps,
        Duration.ofNanos(System.nanoTime() - promptRead),
        reason);
  }

  private void promptEnds(int tokens) {
    promptTokens = tokens;
    promptRead = System.nanoTime();
  }

  private StopReason readOnly(int... prompt) {
    session.evaluate(prompt);
    promptEnds(prompt.length);
    return StopReason.TOKEN_LIMIT;
  }

  private StopReason continueAfter(int... prompt) {
    int token = session.next(sampler, prompt);
    promptEnds(prompt.length);
    while (!session.model().vocabulary().isEndOfGeneration(token)) {
      generated++;
      emit(stream.append(token));
      if (constraint.isPresent() && constraint.get().mustEnd()) {
        return StopReason.END_OF_GENERATION;
      }
      if (generated == options.maxTokens()) {
        return StopReason.TOKEN_LIMIT;
      }
      if (session.length() == session.contextLength()) {
        return StopReason.CONTEXT_FULL;
      }
      token = session.next(sampler, token);
      steps++;
    }
    return StopReason.END_OF_GENERATION;
  }

  private void emit(String piece) {
    if (!piece.isEmpty()) {
      text.append(piece);
      output.accept(piece);
    }
  }
}
