package org.jgml.models.tokenizer;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Splits text into words by the patterns of a [PreTokenizer].
final class WordSplitter {
  private final List<Pattern> patterns;

  WordSplitter(PreTokenizer kind) {
    patterns =
        kind.patterns().stream()
            .map(pattern -> Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS))
            .toList();
  }

  /// The ends of the words, which follow each other without gaps.
  int[] ends(CharSequence text) {
    int[] ends = {text.length()};
    for (Pattern pattern : patterns) {
      ends = split(pattern.matcher(text), ends);
    }
    return ends;
  }

  /// Splits each word into the matches and what lies between them.
  private static int[] split(Matcher matcher, int[] wordEnds) {
    IntList ends = new IntList();
    int start = 0;
    for (int wordEnd : wordEnds) {
      matcher.region(start, wordEnd);
      while (matcher.find()) {
        if (matcher.start() > start) {
          ends.add(matcher.start());
        }
        start = matcher.end();
        ends.add(start);
      }
      if (start < wordEnd) {
        ends.add(wordEnd);
      }
      start = wordEnd;
    }
    return ends.toArray();
  }
}
