package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/// WordPiece (Devlin et al. 2018): each word is cut into the longest tokens from left to right.
///
/// GGUF writes tokens that begin a word with U+2581 in front and those within a word as they are. A
/// word that cannot be covered is the unknown token as a whole.
final class WordPieceModel implements SubwordModel {
  private static final char WORD_START = '▁';

  private final Vocabulary vocabulary;
  private final Lazy<Integer> longest = new Lazy<>(this::longestToken);

  WordPieceModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  private int longestToken() {
    return IntStream.range(0, vocabulary.size())
        .map(token -> vocabulary.text(token).length())
        .max()
        .orElse(0);
  }

  @Override
  public void encode(String text, boolean first, IntList tokens) {
    for (String word : NormalisedWords.of(text)) {
      encodeWord(WORD_START + word, tokens);
    }
  }

  private void encodeWord(String word, IntList tokens) {
    IntList pieces = new IntList();
    int start = 0;
    while (start < word.length()) {
      int end = endOfLongestToken(word, start);
      if (end == start) {
        vocabulary.special(SpecialToken.UNKNOWN).ifPresent(tokens::add);
        return;
      }
      pieces.add(vocabulary.find(word.substring(start, end)));
      start = end;
    }
    for (int piece : pieces.toArray()) {
      tokens.add(piece);
    }
  }

  /// `start` itself if no token begins there.
  private int endOfLongestToken(String word, int start) {
    int end = Math.min(word.length(), start + longest.get());
    while (end > start && vocabulary.find(word.substring(start, end)) < 0) {
      end--;
    }
    return end;
  }

  @Override
  public byte[] bytes(int token) {
    return vocabulary.text(token).replace(WORD_START, ' ').getBytes(StandardCharsets.UTF_8);
  }
}
