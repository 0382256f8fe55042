package org.jgml.models.sampling;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// Chooses tokens, one after another, of one text: a chain of stages and a choice, and perhaps a
/// constraint on what the text looks like. For one thread.
public final class Sampler {
  private static final byte[] NO_BYTES = {};

  private final StageChain chain;
  private final Optional<Constraint> constraint;
  private final int candidatesNeeded;

  /// A chain of one's own; stages run in order.
  public Sampler(List<Stage> stages, Choice choice) {
    this(new StageChain(List.copyOf(stages), choice), Optional.empty());
  }

  private Sampler(StageChain chain, Optional<Constraint> constraint) {
    this.chain = chain;
    this.constraint = constraint;
    this.candidatesNeeded = constraint.isPresent() ? StageChain.ALL : chain.candidatesNeeded();
  }

  /// The chain that options ask for, for tokens without a text: sequence breakers match nothing.
  public static Sampler of(SamplingOptions options) {
    return of(options, _ -> NO_BYTES, Optional.empty());
  }

  /// The chain that options ask for.
  ///
  /// @param pieces the bytes that a token stands for
  public static Sampler of(
      SamplingOptions options, IntFunction<byte[]> pieces, Optional<Constraint> constraint) {
    return new Sampler(StageChain.of(options, pieces), constraint);
  }

  /// Learns of tokens that the text has already: those of the prompt. They are not constrained.
  public void accept(int... tokens) {
    for (int token : tokens) {
      chain.stages().forEach(stage -> stage.accept(token));
    }
  }

  /// How many of the best candidates decide which token is chosen: the rest of the vocabulary may
  /// stay where it is. All, if a stage that looks at all comes before one that leaves a fixed
  /// number of the best, or if there is a constraint.
  public int candidatesNeeded(int vocabularySize) {
    return Math.min(candidatesNeeded, vocabularySize);
  }

  /// Chooses the next token and accepts it.
  ///
  /// @param logits one for each token of the vocabulary, at least one
  /// @throws IllegalArgumentException if the constraint allows no token
  public int sample(float... logits) {
    int token = choose(new Candidates(logits));
    if (constraint.isPresent()) {
      token = constrained(constraint.get(), token, logits);
    }
    accept(token);
    return token;
  }

  /// Chooses the next token among the best ones, as [#sample(float...)] would among all, and
  /// accepts it.
  ///
  /// @param best at least as many as [#candidatesNeeded]; used up. Of a single one the logit may be
  ///   anything
  /// @throws IllegalArgumentException if there is a constraint, which may forbid them all
  public int sample(Candidates best) {
    if (constraint.isPresent()) {
      throw new IllegalArgumentException(
          "%d candidates may be too few for a constraint. Fix: pass all logits"
              .formatted(best.size()));
    }
    int token = choose(best);
    accept(token);
    return token;
  }

  /// To check the one token that was chosen is cheap, and most are allowed: only if it is not, all
  /// are checked.
  private int constrained(Constraint required, int token, float... logits) {
    int chosen = token;
    if (!required.allows(token)) {
      Candidates allowed = new Candidates(logits);
      required.restrict(allowed);
      if (allowed.size() == 0) {
        throw new IllegalArgumentException("no token can follow: " + required.describe());
      }
      chosen = choose(allowed);
    }
    required.accept(chosen);
    return chosen;
  }

  private int choose(Candidates candidates) {
    chain.stages().forEach(stage -> stage.apply(candidates));
    return candidates.id(chain.choice().choose(candidates));
  }
}
