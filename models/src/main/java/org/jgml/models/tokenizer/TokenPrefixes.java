package org.jgml.models.tokenizer;

import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Tokens in the order of their texts, so that those which begin alike lie together.
final class TokenPrefixes {
  /// Takes a token that was found.
  @FunctionalInterface
  interface Finding {
    void found(int token, int end);
  }

  private final Vocabulary vocabulary;
  private final int[] tokens;

  /// @param wanted which tokens can be found
  TokenPrefixes(Vocabulary vocabulary, IntPredicate wanted) {
    this.vocabulary = vocabulary;
    tokens =
        IntStream.range(0, vocabulary.size())
            .filter(token -> wanted.test(token) && !vocabulary.text(token).isEmpty())
            .boxed()
            .sorted(Comparator.comparing(vocabulary::text))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /// Finds every token that stands at a place in a text, the shortest first.
  void at(String text, int start, Finding finding) {
    int first = 0;
    int end = tokens.length;
    for (int length = 0; start + length < text.length(); length++) {
      char next = text.charAt(start + length);
      first = firstNotBelow(first, end, length, next);
      end = firstNotBelow(first, end, length, next + 1);
      if (first == end) {
        return;
      }
      if (vocabulary.text(tokens[first]).length() == length + 1) {
        finding.found(tokens[first], start + length + 1);
      }
    }
  }

  /// Of tokens that share their first characters, the first that goes on with `next` or more.
  private int firstNotBelow(int first, int end, int length, int next) {
    int low = first;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      String text = vocabulary.text(tokens[middle]);
      if (text.length() <= length || text.charAt(length) < next) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
