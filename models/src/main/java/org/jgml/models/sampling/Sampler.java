package org.jgml.models.sampling;

import java.util.ArrayList;
import java.util.List;

/// Chooses tokens, one after another, of one text: a chain of stages and a choice. For one thread.
public final class Sampler {
  private final List<Stage> stages;
  private final Choice choice;

  /// A chain of one's own; stages run in order.
  public Sampler(List<Stage> stages, Choice choice) {
    this.stages = List.copyOf(stages);
    this.choice = choice;
  }

  /// The usual chain: penalties, top-k, top-p, min-p, temperature, draw. Stages that would change
  /// nothing are left out.
  public static Sampler of(SamplingOptions options) {
    List<Stage> stages = new ArrayList<>();
    if (options.repeatPenalty() != 1 && options.repeatLastN() != 0) {
      stages.add(new RepeatPenalty(options.repeatPenalty(), options.repeatLastN()));
    }
    if (options.temperature() <= 0) {
      return new Sampler(stages, new Greedy());
    }
    if (options.topK() > 0) {
      stages.add(new TopK(options.topK()));
    }
    if (options.topP() < 1) {
      stages.add(new TopP(options.topP()));
    }
    if (options.minP() > 0) {
      stages.add(new MinP(options.minP()));
    }
    if (options.temperature() != 1) {
      stages.add(new Temperature(options.temperature()));
    }
    return new Sampler(stages, new SeededDraw(options.seed()));
  }

  /// Learns of tokens that the text has already: those of the prompt.
  public void accept(int... tokens) {
    for (int token : tokens) {
      stages.forEach(stage -> stage.accept(token));
    }
  }

  /// Chooses the next token and accepts it.
  ///
  /// @param logits one for each token of the vocabulary, at least one
  public int sample(float... logits) {
    Candidates candidates = new Candidates(logits);
    stages.forEach(stage -> stage.apply(candidates));
    int token = candidates.id(choice.choose(candidates));
    accept(token);
    return token;
  }
}
