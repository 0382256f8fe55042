package org.jgml.models;

import java.util.stream.IntStream;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.models.architecture.Result;

/// Reads whole texts with a model of which every token sees every other, and remembers none.
///
/// Confined to one thread at a time.
public final class TextEncoder implements AutoCloseable {
  private final Model model;
  private final int contextLength;
  private final Session session;
  private boolean closed;

  /// Reads texts up to the length that the model was trained for.
  ///
  /// @throws IllegalArgumentException if the model reads token by token
  public TextEncoder(Model model) {
    this(model, model.hyperparameters().contextLength());
  }

  /// Reads texts up to a length, and no longer than the model was trained for.
  ///
  /// @throws IllegalArgumentException if the model reads token by token
  public TextEncoder(Model model, int longest) {
    if (!model.encodes()) {
      throw new IllegalArgumentException(
          "%s reads token by token. Fix: use a session"
              .formatted(model.hyperparameters().architecture()));
    }
    this.model = model;
    contextLength = Math.min(longest, model.hyperparameters().contextLength());
    session = new Session(model.weights());
    model.sessionOpened();
  }

  /// Tokens of the longest text.
  public int contextLength() {
    return contextLength;
  }

  /// The last hidden states of some tokens of a text.
  ///
  /// @param wanted indices in `tokens`, ascending
  /// @throws ContextFullException if the text is longer than this reads
  public float[][] hiddenStates(int[] tokens, int[] wanted) {
    model.requireTokens(tokens);
    WantedPositions.require(tokens.length, wanted);
    if (tokens.length > contextLength) {
      throw new ContextFullException(0, tokens.length, contextLength);
    }
    Execution execution = session.execution(model.encodingPlan(tokens.length, wanted.length));
    execution.write("tokens", tokens);
    execution.write("outputs", wanted);
    if (execution.hasInput("positions")) {
      execution.write("positions", IntStream.range(0, tokens.length).toArray());
    }
    execution.run();
    return Result.HIDDEN_STATES.rows(execution, wanted.length);
  }

  /// How a text of so many tokens is read. Its nodes know the source lines that built them.
  public ExecutionPlan plan(int tokens) {
    return model.tracedEncodingPlan(tokens, tokens);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.close();
      model.sessionClosed();
    }
  }
}
