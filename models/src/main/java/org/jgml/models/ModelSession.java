package org.jgml.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Observer;
import org.jgml.core.runtime.RunCounters;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.kvcache.CacheDriver;
import org.jgml.kvcache.CacheReport;
import org.jgml.kvcache.InfLlmDriver;
import org.jgml.kvcache.InfLlmListener;
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.models.architecture.Result;
import org.jgml.models.sampling.Candidates;
import org.jgml.models.sampling.Sampler;

/// One sequence of tokens that a model reads and continues, with its key-value cache.
///
/// Confined to one thread at a time, but for [#cancel].
public final class ModelSession implements AutoCloseable {
  private final Model model;
  private final SessionOptions options;
  private final Session session;
  private final SessionMemory memory;
  private Preparation preparation = this::execution;
  private InfLlmListener listener = InfLlmListener.NONE;
  // Another thread may watch this.
  private volatile int unread;
  private volatile boolean cancelled;
  private boolean closed;

  /// Makes a batch ready to run: as fast as it can, or observed.
  private interface Preparation {
    Execution execution(int tokens, int outputs, Result result);
  }

  /// Takes results from an execution that has run.
  private interface ResultReader {
    /// @param first how many results were taken before
    /// @param count how many there are now
    void read(Execution execution, int first, int count);
  }

  /// @param saved the session to go on from, or null; stays the caller's
  ModelSession(Model model, SessionOptions options, SavedSession saved) {
    this.model = model;
    this.options = options;
    this.session = new Session(model.weights());
    SessionOptions known = options.forModel(model);
    CacheDriver cache =
        known.cache().driver(new SessionContext(model, session, known.storage(), saved));
    RecurrentStates recurrent = new RecurrentStates(session, model.recurrentStates());
    this.memory = new SessionMemory(new ReadTokens(), cache, recurrent);
    if (saved != null) {
      restore(saved);
    }
  }

  public Model model() {
    return model;
  }

  /// What it was opened with.
  public SessionOptions options() {
    return options;
  }

  /// Tokens that fit.
  public int contextLength() {
    return memory.cache().cache().capacity();
  }

  /// Tokens read so far.
  public int length() {
    return memory.length();
  }

  /// Tokens that the evaluation at work has still to read. May be asked for by any thread.
  public int unread() {
    return unread;
  }

  /// The tokens read so far.
  public int[] tokens() {
    return memory.held().toArray();
  }

  /// From now on graphs run node by node, and an observer sees each: slower, with the same results.
  public void observe(Observer observer) {
    Map<List<Object>, ExecutionPlan> plans = new HashMap<>();
    preparation =
        (tokens, outputs, result) -> {
          KvCache cache = memory.cache().cache();
          return session.observed(
              plans.computeIfAbsent(
                  List.of(cache, tokens, outputs, result),
                  _ -> model.observedPlan(cache, tokens, outputs, result, observer)),
              observer);
        };
  }

  /// From now on graphs run whole again.
  public void observeNothing() {
    preparation = this::execution;
  }

  /// How a batch of tokens would run that ends in one row of logits. Its nodes know the source
  /// lines that built them.
  public ExecutionPlan plan(int tokens) {
    return model.observedPlan(memory.cache().cache(), tokens, 1, Result.LOGITS, new Observer() {});
  }

  /// Forgets all tokens from position `newLength` on.
  ///
  /// @throws IllegalArgumentException if there are not so many, or the session cannot return there:
  ///   a cache of bounded memory goes back a little way, or to the beginning, recurrent layers to
  ///   the end of the last text that was read in one piece, or to the beginning
  public void rewind(int newLength) {
    memory.rewind(newLength);
  }

  /// The greatest length up to `wanted` that [#rewind] can return to.
  public int rewindPoint(int wanted) {
    return memory.rewindPoint(wanted);
  }

  /// Makes this empty session hold tokens that nobody has read, with random keys and values: what
  /// follows takes as long as after a real text of this length, and means nothing.
  ///
  /// @throws ContextFullException if so many do not fit
  /// @throws IllegalStateException if the session is not empty
  public void injectTokens(int count) {
    throwIfClosed();
    if (length() > 0) {
      throw new IllegalStateException("the session holds %d tokens already".formatted(length()));
    }
    if (count > contextLength()) {
      throw new ContextFullException(0, count, contextLength());
    }
    makeStates();
    memory.inject(count);
  }

  /// What results depend on besides the tokens, in words: the model, and the parameters of the
  /// cache by the names of the command line.
  public Map<String, String> facts() {
    return memory.cache().shape().facts();
  }

  /// What the cache holds and did so far; states of recurrent layers count with it.
  public CacheReport cacheReport() {
    return memory.report();
  }

  /// Shows from now on what an InfLLM cache selects, seals and misses; other caches show nothing.
  public void listen(InfLlmListener other) {
    listener = other;
    if (memory.cache() instanceof InfLlmDriver infLlm) {
      infLlm.listen(other);
    }
  }

  /// Who is shown that.
  InfLlmListener listener() {
    return listener;
  }

  /// What the runs of this session cost besides computing.
  public RunCounters counters() {
    return session.counters();
  }

  /// The cache at work.
  CacheDriver driver() {
    return memory.cache();
  }

  /// Saves this session at a path, so that [Model#restoreSession] can go on from it, in another
  /// process, too. Replaces a session that is there; until the new one is whole, the old one stays.
  ///
  /// @throws org.jgml.kvcache.tier.CacheException if it cannot be written
  public void save(Path path) {
    throwIfClosed();
    new SessionFile(session, memory).write(path);
  }

  private void restore(SavedSession saved) {
    try {
      memory.restore(saved);
      makeStates();
      new SessionFile(session, memory).readStates(saved);
    } catch (RuntimeException e) {
      memory.close();
      session.close();
      throw e;
    }
  }

  /// Continues the text of this session by a prompt and what the model writes after it.
  ///
  /// @param output takes each piece of text as soon as it is complete
  /// @throws ContextFullException if the prompt does not fit
  public Generation generate(String prompt, GenerationOptions options, Consumer<String> output) {
    int[] tokens = model.tokenizer().encode(prompt, length() == 0, options.parseSpecial());
    return generate(tokens, options, output);
  }

  /// The same after a prompt of tokens.
  public Generation generate(int[] prompt, GenerationOptions options, Consumer<String> output) {
    return new TextGenerator(this, options, output).generate(prompt);
  }

  /// Makes the evaluation that runs now, or else the next, end with a [CancellationException]. May
  /// be called by any thread.
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
  /// @throws CancellationException if [#cancel] was called; tokens of finished batches stay read
  public float[][] evaluate(int[] tokens, int[] wanted) {
    return evaluate(tokens, wanted, Result.LOGITS);
  }

  /// Reads tokens and lets a sampler choose the one that follows the last; that one is not read
  /// yet. The same as `sampler.sample(evaluate(tokens))`, but the device hands over only what the
  /// sampler looks at ([Sampler#candidatesNeeded]): the id of the likeliest token, or the best
  /// logits and their ids.
  ///
  /// @throws ContextFullException if the tokens do not fit
  /// @throws CancellationException if [#cancel] was called; tokens of finished batches stay read
  /// @throws IllegalArgumentException if the sampler's constraint allows no token; `tokens` are
  ///   read
  public int next(Sampler sampler, int... tokens) {
    int vocabularySize = model.vocabularySize();
    int needed = sampler.candidatesNeeded(vocabularySize);
    if (needed == vocabularySize || vocabularySize > Result.Best.MOST_TOKENS) {
      return sampler.sample(evaluate(tokens));
    }
    Result.Best best = Result.Best.of(needed);
    List<Candidates> rows = new ArrayList<>();
    int[] last = {tokens.length - 1};
    evaluate(tokens, last, best, (execution, _, _) -> rows.addAll(best.candidates(execution)));
    return sampler.sample(rows.getFirst());
  }

  /// Reads tokens and returns the hidden states of some of them: what the output matrix would be
  /// applied to.
  ///
  /// @param wanted indices in `tokens`, ascending
  /// @throws ContextFullException if the tokens do not fit
  /// @throws CancellationException if [#cancel] was called; tokens of finished batches stay read
  public float[][] hiddenStates(int[] tokens, int[] wanted) {
    return evaluate(tokens, wanted, Result.HIDDEN_STATES);
  }

  private float[][] evaluate(int[] read, int[] wanted, Result result) {
    float[][] rows = new float[wanted.length][];
    evaluate(
        read,
        wanted,
        result,
        (execution, first, count) ->
            System.arraycopy(result.rows(execution, count), 0, rows, first, count));
    return rows;
  }

  private void evaluate(int[] read, int[] wanted, Result result, ResultReader reader) {
    check(read);
    WantedPositions.require(read.length, wanted);
    try {
      evaluateBatches(read, wanted, result, reader);
    } catch (CancellationException e) {
      cancelled = false;
      throw e;
    }
  }

  private void evaluateBatches(int[] read, int[] wanted, Result result, ResultReader reader) {
    int done = 0;
    int from = 0;
    while (from < read.length) {
      unread = read.length - from;
      throwIfCancelled();
      int to = from + batch(read.length - from);
      int first = done;
      while (done < wanted.length && wanted[done] < to) {
        done++;
      }
      int start = from;
      int[] outputs =
          Arrays.stream(wanted, first, done).map(position -> position - start).toArray();
      int[] batch = Arrays.copyOfRange(read, from, to);
      Execution execution = run(batch, outputs, result);
      if (outputs.length > 0) {
        // Before the cache runs graphs of its own, which use the same memory.
        reader.read(execution, first, outputs.length);
      } else {
        execution.settle();
      }
      memory.end(batch);
      from = to;
    }
    unread = 0;
    if (read.length > 1) {
      memory.keep();
    }
  }

  /// Tokens to read next of those that are left.
  private int batch(int left) {
    int most = memory.cache().cache().batchLength();
    boolean leavesLast = memory.cache().cache().readsLastTokenAlone() && left > 1 && left <= most;
    return leavesLast ? left - 1 : Math.min(left, most);
  }

  private Execution run(int[] batch, int[] wanted, Result result) {
    // A batch of which nothing is wanted still ends in one row.
    int[] outputs = wanted.length == 0 ? new int[] {batch.length - 1} : wanted;
    memory.begin(batch.length);
    Execution execution = preparation.execution(batch.length, outputs.length, result);
    execution.write("tokens", batch);
    execution.write("outputs", outputs);
    memory.write(execution, batch.length);
    execution.run(() -> cancelled && memory.canGiveUp());
    return execution;
  }

  private Execution execution(int tokens, int outputs, Result result) {
    return session.execution(model.plan(memory.cache().cache(), tokens, outputs, result));
  }

  private void makeStates() {
    execution(1, 1, Result.LOGITS);
  }

  private void check(int... read) {
    throwIfClosed();
    model.requireTokens(read);
    if (length() + read.length > contextLength()) {
      throw new ContextFullException(length(), read.length, contextLength());
    }
  }

  private void throwIfClosed() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  private void throwIfCancelled() {
    if (cancelled) {
      throw new CancellationException();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      memory.close();
      session.close();
      model.sessionClosed();
    }
  }
}
