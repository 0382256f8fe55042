package org.jgml.models.perplexity;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jgml.models.ModelSession;

/// Measures how well a model predicts a text.
public final class Perplexity implements Closeable {
  /// Predictions are handled in parts, since those of a whole chunk may be large.
  private static final int SCORED_TOGETHER = 64;

  private final ModelSession session;
  private final TextChunks chunks;
  private final SavedPredictions.Writer saved;
  private final SavedPredictions.Reader base;
  private final Mean surprise = new Mean();
  private final DivergenceSum divergence = new DivergenceSum();

  /// @param session what it holds is forgotten; its context must hold a chunk
  /// @param save where to save the predictions
  /// @param compareWith saved predictions of another model for the same chunks
  /// @throws IOException if a file cannot be used
  public Perplexity(
      ModelSession session, TextChunks chunks, Optional<Path> save, Optional<Path> compareWith)
      throws IOException {
    this.session = session;
    this.chunks = chunks;
    int vocabularySize = session.model().vocabularySize();
    base =
        compareWith.isPresent()
            ? new SavedPredictions.Reader(compareWith.orElseThrow(), chunks, vocabularySize)
            : null;
    saved =
        save.isPresent()
            ? new SavedPredictions.Writer(save.orElseThrow(), chunks, vocabularySize)
            : null;
  }

  /// Rows of a batch whose logits are wanted together.
  public static int outputRows() {
    return SCORED_TOGETHER;
  }

  /// Reads all chunks.
  ///
  /// @param progress takes the estimate after each chunk
  /// @return the last estimate
  /// @throws IOException if a file cannot be read or written
  public Estimate measure(Consumer<Estimate> progress) throws IOException {
    Estimate estimate = null;
    for (int i = 0; i < chunks.count(); i++) {
      measureChunk(chunks.input(i));
      estimate = estimate(i + 1);
      progress.accept(estimate);
    }
    return estimate;
  }

  private void measureChunk(int... input) throws IOException {
    session.rewind(0);
    int from = chunks.firstScored();
    session.evaluate(Arrays.copyOf(input, from), new int[0]);
    int end = from + chunks.scoredCount();
    while (from < end) {
      int to = Math.min(end, from + SCORED_TOGETHER);
      int[] positions = new int[to - from];
      Arrays.setAll(positions, i -> i);
      float[][] logits = session.evaluate(Arrays.copyOfRange(input, from, to), positions);
      for (int i = 0; i < logits.length; i++) {
        score(logits[i], input[from + i + 1]);
      }
      from = to;
    }
  }

  private void score(float[] logits, int next) throws IOException {
    double logSumExp = Predictions.logSumExp(logits);
    surprise.add(logSumExp - logits[next]);
    if (base != null) {
      divergence.add(base.read(), logits, logSumExp);
    }
    if (saved != null) {
      saved.write(logits);
    }
  }

  private Estimate estimate(int chunkCount) {
    double perplexity = Math.exp(surprise.value());
    return new Estimate(
        chunkCount,
        surprise.count(),
        perplexity,
        perplexity * surprise.standardError(),
        base == null ? Optional.empty() : Optional.of(divergence.divergence()));
  }

  /// Closes the files; the session stays the caller's.
  @Override
  public void close() throws IOException {
    try (saved;
        base) {
      // Closed in reverse order.
    }
  }
}
