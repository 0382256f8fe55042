package org.jgml.models;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.kvcache.FullKvCache;
import org.jgml.kvcache.KvCache;

/// One sequence of tokens that a model reads and continues, with its key-value cache.
///
/// Confined to one thread at a time, but for [#cancel].
public final class ModelSession implements AutoCloseable {
  private static final int DEFAULT_CONTEXT = 4096;

  private final Model model;
  private final Session session;
  private final KvCache cache;
  private final int batchLength;
  // Another thread may watch it.
  private volatile int length;
  private volatile boolean cancelled;
  private boolean closed;

  ModelSession(Model model, SessionOptions options) {
    this.model = model;
    this.session = new Session(model.weights());
    int trained = model.hyperparameters().contextLength();
    int context =
        options.contextLength() > 0 ? options.contextLength() : Math.min(trained, DEFAULT_CONTEXT);
    this.cache = new FullKvCache(context, options.keyType(), options.valueType());
    this.batchLength = Math.min(options.batchLength(), context);
  }

  public Model model() {
    return model;
  }

  /// Tokens that fit.
  public int contextLength() {
    return cache.capacity();
  }

  /// Tokens read so far.
  public int length() {
    return length;
  }

  /// Forgets all tokens from position `newLength` on.
  public void rewind(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "cannot rewind to %d tokens, the session has %d".formatted(newLength, length));
    }
    length = newLength;
  }

  /// Continues the text of this session by a prompt and what the model writes after it.
  ///
  /// @param output takes each piece of text as soon as it is complete
  /// @throws ContextFullException if the prompt does not fit
  public Generation generate(String prompt, GenerationOptions options, Consumer<String> output) {
    int[] tokens = model.tokenizer().encode(prompt, length == 0, options.parseSpecial());
    return generate(tokens, options, output);
  }

  /// The same after a prompt of tokens.
  public Generation generate(int[] prompt, GenerationOptions options, Consumer<String> output) {
    return new TextGenerator(this, options, output).generate(prompt);
  }

  /// Makes the evaluation that runs now, or else the next, end with a [CancelledException]. May be
  /// called by any thread.
  public void cancel() {
    cancelled = true;
  }

  /// Reads tokens and returns the logits after the last: one for each token of the vocabulary.
  public float[] evaluate(int... tokens) {
    return evaluate(tokens, new int[] {tokens.length - 1})[0];
  }

  /// Reads tokens and returns the logits after some of them.
  ///
  /// @param wanted indices in `tokens`, ascending
  /// @throws ContextFullException if the tokens do not fit
  /// @throws CancelledException if [#cancel] was called; tokens of finished batches stay read
  public float[][] evaluate(int[] tokens, int[] wanted) {
    check(tokens);
    float[][] logits = new float[wanted.length][];
    int done = 0;
    for (int from = 0; from < tokens.length; from += batchLength) {
      throwIfCancelled();
      int to = Math.min(tokens.length, from + batchLength);
      int first = done;
      while (done < wanted.length && wanted[done] < to) {
        done++;
      }
      int[] rows = Arrays.copyOfRange(wanted, first, done);
      evaluateBatch(Arrays.copyOfRange(tokens, from, to), from, rows, logits, first);
    }
    return logits;
  }

  private void evaluateBatch(int[] tokens, int from, int[] rows, float[][] logits, int at) {
    // Rows are few or one; a batch whose logits nobody wants still ends in one row.
    int[] outputs = rows.length == 0 ? new int[] {tokens.length - 1} : rows.clone();
    for (int i = 0; i < rows.length; i++) {
      outputs[i] = rows[i] - from;
    }
    ExecutionPlan plan = model.plan(cache, tokens.length, outputs.length);
    Execution execution = session.execution(plan);
    int[] positions = new int[tokens.length];
    Arrays.setAll(positions, i -> length + i);
    execution.write("tokens", tokens);
    execution.write("positions", positions);
    execution.write("outputs", outputs);
    execution.run();
    length += tokens.length;
    if (rows.length > 0) {
      float[] all = execution.readFloats("logits");
      int vocabulary = model.vocabularySize();
      for (int i = 0; i < rows.length; i++) {
        logits[at + i] = Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary);
      }
    }
  }

  private void check(int[] tokens) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    if (tokens.length == 0) {
      throw new IllegalArgumentException("no tokens to evaluate");
    }
    if (length + tokens.length > contextLength()) {
      throw new ContextFullException(length, tokens.length, contextLength());
    }
    for (int token : tokens) {
      if (token < 0 || token >= model.vocabularySize()) {
        throw new IllegalArgumentException(
            "token %d is outside the vocabulary of %d".formatted(token, model.vocabularySize()));
      }
    }
  }

  private void throwIfCancelled() {
    if (cancelled) {
      cancelled = false;
      throw new CancelledException();
    }
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
