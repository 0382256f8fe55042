package org.jgml.models.perplexity;

import java.util.Arrays;
import java.util.OptionalInt;
import org.jgml.models.tokenizer.SpecialToken;
import org.jgml.models.tokenizer.Tokenizer;
import org.jgml.models.tokenizer.TokenizerFlag;
import org.jgml.models.tokenizer.Vocabulary;

/// A text cut into chunks that are predicted on their own; the second half of each is scored, so
/// that every scored token has at least half a chunk before it.
///
/// @param length tokens of a chunk
/// @param tokens of all chunks; what does not fill another is left out
/// @param bos what takes the place of the first token of each chunk
public record TextChunks(int length, int[] tokens, OptionalInt bos) {
  /// Shorter ones have nothing to score.
  private static final int LEAST_LENGTH = 4;

  /// @throws IllegalArgumentException if a chunk is too short, or the text too short for two
  public TextChunks {
    if (length < LEAST_LENGTH) {
      throw new IllegalArgumentException(
          "chunks of %d tokens are too short; at least %d".formatted(length, LEAST_LENGTH));
    }
    if (tokens.length < 2 * length) {
      throw new IllegalArgumentException(
          "the text has %d tokens; at least %d are needed for chunks of %d. Fix: a longer text, or a smaller context (-c)"
              .formatted(tokens.length, 2 * length, length));
    }
    tokens = Arrays.copyOf(tokens, tokens.length / length * length);
  }

  /// The chunks of a text.
  ///
  /// @throws IllegalArgumentException if a chunk is too short, or the text too short for two
  public static TextChunks of(String text, Tokenizer tokenizer, int length) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    OptionalInt bos =
        vocabulary.has(TokenizerFlag.ADD_BOS)
            ? vocabulary.special(SpecialToken.BOS)
            : OptionalInt.empty();
    return new TextChunks(length, tokenizer.encode(text, true, false), bos);
  }

  public int count() {
    return tokens.length / length;
  }

  /// The first position of a chunk whose prediction is scored.
  int firstScored() {
    return length / 2;
  }

  /// Scored predictions of a chunk: each position but the last, which nothing follows.
  int scoredCount() {
    return length - 1 - firstScored();
  }

  /// What a model reads of a chunk.
  int[] input(int chunk) {
    int[] input = Arrays.copyOfRange(tokens, chunk * length, (chunk + 1) * length);
    bos.ifPresent(token -> input[0] = token);
    return input;
  }
}
