package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// SentencePiece's unigram model (Kudo 2018): of all ways to cut a text into tokens, the one whose
/// scores have the greatest sum, found by Viterbi's algorithm.
///
/// A character that begins no token is unknown, at a score far below the others; unknown characters
/// in a row are one token.
final class UnigramModel implements SubwordModel {
  /// What an unknown character costs beyond the worst token.
  private static final double UNKNOWN_PENALTY = 10;

  private final Vocabulary vocabulary;
  private final ByteFallback fallback;
  private final CharacterMap characters;
  private final Lazy<TokenPrefixes> prefixes = new Lazy<>(this::prefixes);
  private final Lazy<Double> unknownScore = new Lazy<>(this::unknownScore);

  UnigramModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    fallback = new ByteFallback(vocabulary);
    characters = vocabulary.characterMap();
  }

  private TokenPrefixes prefixes() {
    return new TokenPrefixes(
        vocabulary,
        token ->
            switch (vocabulary.type(token)) {
              case NORMAL, USER_DEFINED, UNUSED -> true;
              case UNKNOWN, CONTROL, BYTE -> false;
            });
  }

  private double unknownScore() {
    double least = 0;
    for (int token = 0; token < vocabulary.size(); token++) {
      if (vocabulary.type(token) == TokenType.NORMAL) {
        least = Math.min(least, vocabulary.score(token));
      }
    }
    return least - UNKNOWN_PENALTY;
  }

  @Override
  public void encode(String text, boolean first, IntList tokens) {
    byte[] replaced = characters.apply(text.getBytes(StandardCharsets.UTF_8));
    new Cut(withVisibleSpaces(new String(replaced, StandardCharsets.UTF_8))).addTo(tokens);
  }

  /// Spaces as tokens write them: one before the text, and one instead of several, as the flags
  /// say.
  private String withVisibleSpaces(String text) {
    boolean merges = vocabulary.has(TokenizerFlag.REMOVE_EXTRA_WHITESPACES);
    boolean isPrefixDue = vocabulary.has(TokenizerFlag.ADD_SPACE_PREFIX);
    boolean inWord = false;
    StringBuilder visible = new StringBuilder(text.length() + 1);
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == ' ') {
        inWord = false;
        if (!merges) {
          visible.append(ByteFallback.VISIBLE_SPACE);
        }
        continue;
      }
      if (!inWord && (merges || isPrefixDue)) {
        visible.append(ByteFallback.VISIBLE_SPACE);
        isPrefixDue = false;
      }
      inWord = true;
      visible.append(character);
    }
    return visible.toString();
  }

  @Override
  public byte[] bytes(int token) {
    return fallback.decode(token);
  }

  /// The best way to cut a text.
  private final class Cut {
    private static final int UNKNOWN = -1;

    private final String text;

    /// For each place the best sum up to it, the token that ends there, and where that begins.
    private final double[] sums;

    private final int[] tokens;
    private final int[] starts;

    /// Whether the character looked at is a token by itself.
    private boolean isKnown;

    Cut(String text) {
      this.text = text;
      sums = new double[text.length() + 1];
      tokens = new int[text.length() + 1];
      starts = new int[text.length() + 1];
      Arrays.fill(sums, 1, sums.length, Double.NEGATIVE_INFINITY);
      for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
        extend(at);
      }
    }

    private void extend(int start) {
      int endOfCharacter = text.offsetByCodePoints(start, 1);
      isKnown = false;
      prefixes
          .get()
          .at(
              text,
              start,
              (token, end) -> {
                isKnown |= end == endOfCharacter;
                offer(start, end, token, score(token));
              });
      if (!isKnown) {
        offer(start, endOfCharacter, UNKNOWN, unknownScore.get());
      }
    }

    private double score(int token) {
      return vocabulary.type(token) == TokenType.USER_DEFINED ? 0 : vocabulary.score(token);
    }

    private void offer(int start, int end, int token, double score) {
      double sum = sums[start] + score;
      if (sum > sums[end]) {
        sums[end] = sum;
        tokens[end] = token;
        starts[end] = start;
      }
    }

    void addTo(IntList result) {
      IntList backwards = new IntList();
      boolean isUnknownRow = false;
      for (int end = text.length(); end > 0; end = starts[end]) {
        boolean isUnknown = tokens[end] == UNKNOWN;
        if (!isUnknown) {
          backwards.add(tokens[end]);
        } else if (!isUnknownRow) {
          vocabulary.special(SpecialToken.UNKNOWN).ifPresent(backwards::add);
        }
        isUnknownRow = isUnknown;
      }
      int[] found = backwards.toArray();
      for (int i = found.length - 1; i >= 0; i--) {
        result.add(found[i]);
      }
    }
  }
}
