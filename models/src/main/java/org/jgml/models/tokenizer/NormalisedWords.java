package org.jgml.models.tokenizer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/// The words of a text as uncased BERT sees them: lower case, without accents and control
/// characters; punctuation marks and Chinese characters are words by themselves.
final class NormalisedWords {
  private static final int LAST_ASCII = 0x7E;
  private static final int FIRST_COMPOSED = 0xC0;
  private static final int REPLACEMENT = 0xFFFD;
  private static final int NEXT_LINE = 0x85;

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();

  private NormalisedWords() {}

  static List<String> of(String text) {
    NormalisedWords result = new NormalisedWords();
    text.codePoints().map(NormalisedWords::base).forEach(result::add);
    result.endWord();
    return result.words;
  }

  /// The first character of the canonical decomposition: the letter without its accents. Unpaired
  /// surrogates count as `?`.
  private static int base(int codePoint) {
    if (codePoint < FIRST_COMPOSED) {
      return codePoint;
    }
    if (Character.getType(codePoint) == Character.SURROGATE) {
      return '?';
    }
    return Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFD).codePointAt(0);
  }

  private void add(int codePoint) {
    if (isSpace(codePoint)) {
      endWord();
    } else if (isAlone(codePoint)) {
      endWord();
      word.appendCodePoint(Character.toLowerCase(codePoint));
      endWord();
    } else if (!isControl(codePoint)) {
      word.appendCodePoint(Character.toLowerCase(codePoint));
    }
  }

  private void endWord() {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isSpace(int codePoint) {
    return codePoint >= '\t' && codePoint <= '\r'
        || codePoint == NEXT_LINE
        || Character.isSpaceChar(codePoint);
  }

  private static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE -> true;
      default -> codePoint == REPLACEMENT;
    };
  }

  private static boolean isAlone(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          codePoint <= LAST_ASCII;
      default -> isChinese(codePoint);
    };
  }

  /// The blocks of CJK ideographs that BERT's authors list; the gap from 2B820 to 2B91F is theirs.
  private static boolean isChinese(int codePoint) {
    return codePoint >= 0x3400 && codePoint <= 0x4DBF
        || codePoint >= 0x4E00 && codePoint <= 0x9FFF
        || codePoint >= 0xF900 && codePoint <= 0xFAFF
        || codePoint >= 0x20000 && codePoint <= 0x2A6DF
        || codePoint >= 0x2A700 && codePoint <= 0x2B81F
        || codePoint >= 0x2B920 && codePoint <= 0x2CEAF
        || codePoint >= 0x2F800 && codePoint <= 0x2FA1F;
  }
}
