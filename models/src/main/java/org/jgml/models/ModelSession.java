package org.jgml.models;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Observer;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.kvcache.KvCache;
import org.jgml.models.architecture.DecoderGraph.Result;

/// One sequence of tokens that a model reads and continues, with its key-value cache.
///
/// Confined to one thread at a time, but for [#cancel].
public final class ModelSession implements AutoCloseable {
  private final Model model;
  private final Session session;
  private final KvCache cache;
  private final int batchLength;
  private Preparation preparation = this::execution;
  private int[] held = {};
  // Another thread may watch it.
  private volatile int length;
  private volatile boolean cancelled;
  private boolean closed;

  /// Makes a batch ready to run: as fast as it can, or observed.
  private interface Preparation {
    Execution execution(int tokens, int outputs, Result result);
  }

  ModelSession(Model model, SessionOptions options) {
    this.model = model;
    this.session = new Session(model.weights());
    SessionOptions known = options.forModel(model);
    this.cache = known.cache();
    this.batchLength = known.batchLength();
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

  /// The tokens read so far.
  public int[] tokens() {
    return Arrays.copyOf(held, length);
  }

  /// From now on graphs run node by node, and an observer sees each: slower, with the same results.
  public void observe(Observer observer) {
    Map<List<Object>, ExecutionPlan> plans = new HashMap<>();
    preparation =
        (tokens, outputs, result) ->
            session.observed(
                plans.computeIfAbsent(
                    List.of(tokens, outputs, result),
                    _ -> model.observedPlan(cache, tokens, outputs, result, observer)),
                observer);
  }

  /// How a batch of tokens would run that ends in one row of logits. Its nodes know the source
  /// lines that built them.
  public ExecutionPlan plan(int tokens) {
    return model.observedPlan(cache, tokens, 1, Result.LOGITS, new Observer() {});
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

  /// Takes back a [#cancel] that came too late to end anything.
  void forgetCancel() {
    cancelled = false;
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
    return evaluate(tokens, wanted, Result.LOGITS);
  }

  /// Reads tokens and returns the hidden states of some of them: what the output matrix would be
  /// applied to.
  ///
  /// @param wanted indices in `tokens`, ascending
  /// @throws ContextFullException if the tokens do not fit
  /// @throws CancelledException if [#cancel] was called; tokens of finished batches stay read
  public float[][] hiddenStates(int[] tokens, int[] wanted) {
    return evaluate(tokens, wanted, Result.HIDDEN_STATES);
  }

  private float[][] evaluate(int[] read, int[] wanted, Result result) {
    check(read);
    float[][] rows = new float[wanted.length][];
    int done = 0;
    for (int from = 0; from < read.length; from += batchLength) {
      throwIfCancelled();
      int to = Math.min(read.length, from + batchLength);
      int first = done;
      while (done < wanted.length && wanted[done] < to) {
        done++;
      }
      int start = from;
      int[] outputs =
          Arrays.stream(wanted, first, done).map(position -> position - start).toArray();
      float[][] batch = evaluateBatch(Arrays.copyOfRange(read, from, to), outputs, result);
      System.arraycopy(batch, 0, rows, first, outputs.length);
    }
    return rows;
  }

  private float[][] evaluateBatch(int[] batch, int[] wanted, Result result) {
    // A batch of which nothing is wanted still ends in one row.
    int[] outputs = wanted.length == 0 ? new int[] {batch.length - 1} : wanted;
    Execution execution = preparation.execution(batch.length, outputs.length, result);
    int[] positions = new int[batch.length];
    Arrays.setAll(positions, i -> length + i);
    execution.write("tokens", batch);
    execution.write("positions", positions);
    execution.write("outputs", outputs);
    execution.run();
    remember(batch);
    return wanted.length == 0 ? new float[0][] : rows(execution, result, outputs.length);
  }

  private Execution execution(int tokens, int outputs, Result result) {
    return session.execution(model.plan(cache, tokens, outputs, result));
  }

  private void remember(int... batch) {
    if (held.length < length + batch.length) {
      held = Arrays.copyOf(held, Math.max(length + batch.length, 2 * length));
    }
    System.arraycopy(batch, 0, held, length, batch.length);
    length += batch.length;
  }

  private static float[][] rows(Execution execution, Result result, int count) {
    float[] all = execution.readFloats(result.output());
    int width = all.length / count;
    float[][] rows = new float[count][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
    return rows;
  }

  private void check(int... read) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    if (read.length == 0) {
      throw new IllegalArgumentException("no tokens to evaluate");
    }
    if (length + read.length > contextLength()) {
      throw new ContextFullException(length, read.length, contextLength());
    }
    for (int token : read) {
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
