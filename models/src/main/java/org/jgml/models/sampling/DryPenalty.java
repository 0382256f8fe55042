package org.jgml.models.sampling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// Don't Repeat Yourself: a token that would lengthen a repetition of `length` tokens loses
/// `multiplier * base ^ (length - allowedLength)`
/// ([proposal](https://github.com/oobabooga/text-generation-webui/pull/5677)).
final class DryPenalty implements Stage {
  private static final int FIRST_CAPACITY = 256;

  private final DryOptions options;
  private final IntFunction<byte[]> pieces;
  private final List<String> breakers;

  /// How much of the text before a token may belong to a breaker that ends in it.
  private final int breakerOverlap;

  private int[] tokens = new int[FIRST_CAPACITY];
  private int count;
  private int sinceBreak;
  private String lastText = "";

  /// @param pieces the bytes that a token stands for
  DryPenalty(DryOptions options, IntFunction<byte[]> pieces) {
    this.options = options;
    this.pieces = pieces;
    this.breakers =
        options.breakers().stream().map(s -> bytes(s.getBytes(StandardCharsets.UTF_8))).toList();
    this.breakerOverlap = breakers.stream().mapToInt(String::length).max().orElse(1) - 1;
  }

  /// Bytes as a string, one character each: to search in.
  private static String bytes(byte... bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void accept(int token) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * count);
    }
    tokens[count++] = token;
    sinceBreak = endsBreaker(token) ? 0 : sinceBreak + 1;
  }

  /// Whether a breaker ends in this token; it may have begun in earlier ones.
  private boolean endsBreaker(int token) {
    int earlier = lastText.length();
    String text = lastText + bytes(pieces.apply(token));
    lastText = text.substring(Math.max(0, text.length() - breakerOverlap));
    for (String breaker : breakers) {
      int at = text.lastIndexOf(breaker);
      if (at >= 0 && at + breaker.length() > earlier) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void apply(Candidates candidates) {
    int window = options.lastN() < 0 ? count : Math.min(count, options.lastN());
    if (Math.min(window, sinceBreak) < options.allowedLength()) {
      return;
    }
    repetitions(window)
        .forEach((token, length) -> {
          int index = candidates.indexOf(token);
          if (index >= 0) {
            candidates.logit(index, candidates.logit(index) - penalty(length));
          }
        });
  }

  private float penalty(int length) {
    double penalty =
        options.multiplier() * Math.pow(options.base(), length - options.allowedLength());
    return (float) Math.clamp(penalty, -Float.MAX_VALUE, Float.MAX_VALUE);
  }

  /// For each token that would continue a repetition, how long the longest is by now.
  private Map<Integer, Integer> repetitions(int window) {
    Map<Integer, Integer> longest = new HashMap<>();
    int[] lengths = suffixMatches(window);
    for (int back = 1; back < window; back++) {
      int length = Math.min(lengths[back], sinceBreak);
      if (length >= options.allowedLength()) {
        longest.merge(fromEnd(back - 1), length, Math::max);
      }
    }
    return longest;
  }

  /// How many tokens that end `back` tokens before the last equal those that end the text: the Z
  /// function of the text read backwards (Gusfield, *Algorithms on Strings*, section 1.4).
  private int[] suffixMatches(int window) {
    int[] matches = new int[window];
    int left = 0;
    int right = 0;
    for (int back = 1; back < window; back++) {
      int length = back < right ? Math.min(right - back, matches[back - left]) : 0;
      while (back + length < window && fromEnd(length) == fromEnd(back + length)) {
        length++;
      }
      matches[back] = length;
      if (back + length > right) {
        left = back;
        right = back + length;
      }
    }
    return matches;
  }

  private int fromEnd(int back) {
    return tokens[count - 1 - back];
  }
}
