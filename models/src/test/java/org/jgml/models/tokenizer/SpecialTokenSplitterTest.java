package org.jgml.models.tokenizer;

import static org.jgml.models.tokenizer.TokenType.CONTROL;
import static org.jgml.models.tokenizer.TokenType.UNKNOWN;
import static org.jgml.models.tokenizer.TokenType.USER_DEFINED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpecialTokenSplitterTest {
  private static final List<String> SPECIAL = List.of("<a>", "<u>", "<d>");

  private static List<String> encode(
      VocabularyBuilder vocabulary, String text, boolean parseSpecial) {
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    return Vocabularies.texts(tokenizer, tokenizer.encode(text, false, parseSpecial));
  }

  private static VocabularyBuilder vocabulary() {
    return Vocabularies.bytePair(SPECIAL, CONTROL, UNKNOWN, USER_DEFINED);
  }

  @Test
  void findsMarksOnRequestOnly() {
    assertEquals(List.of("x", "<a>", "<u>", "y"), encode(vocabulary(), "x<a><u>y", true));
    assertEquals(List.of("<", "a", ">", "<", "u", ">"), encode(vocabulary(), "<a><u>", false));
  }

  @Test
  void findsUserDefinedTokensAlways() {
    assertEquals(List.of("x", "<d>", "y"), encode(vocabulary(), "x<d>y", false));
    assertEquals(List.of("<d>", "<d>"), encode(vocabulary(), "<d><d>", true));
  }

  @Test
  void prefersTheLongerTokenEvenIfItBeginsLater() {
    VocabularyBuilder vocabulary =
        Vocabularies.bytePair(List.of("abc", "bcde", "cd"), CONTROL, CONTROL, CONTROL);
    assertEquals(List.of("a", "bcde"), encode(vocabulary, "abcde", true));
    assertEquals(List.of("abc", "d"), encode(vocabulary, "abcd", true));
  }

  @Test
  void comparesLengthsInUtf8() {
    VocabularyBuilder vocabulary = Vocabularies.bytePair(List.of("日x", "xab"), CONTROL, CONTROL);
    assertEquals(List.of("日x", "a", "b"), encode(vocabulary, "日xab", true));
  }

  @Test
  void dropsWhiteSpaceAroundTokensThatAskForIt() {
    VocabularyBuilder left = vocabulary().stripLeft(256);
    assertEquals(List.of("x", "<a>", "Ġ", "y"), encode(left, "x \t\n<a> y", true));
    VocabularyBuilder right = vocabulary().stripRight(256);
    assertEquals(List.of("x", "Ġ", "<a>", "y"), encode(right, "x <a>\r\n\u000B\f y", true));
    assertEquals(List.of("<a>", "<a>"), encode(right, "<a> <a> ", true));
  }

  @Test
  void keepsUnicodeSpacesAroundTokens() {
    VocabularyBuilder both = vocabulary().stripLeft(256).stripRight(256);
    assertEquals("\u00A0<a>\u3000", decodeAll(both, "\u00A0<a>\u3000"));
  }

  private static String decodeAll(VocabularyBuilder vocabulary, String text) {
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    return tokenizer.decode(tokenizer.encode(text, false, true), true);
  }

  @Test
  void hidesMarksButNotUserDefinedTokensWhenDecoding() {
    Tokenizer tokenizer = new Tokenizer(vocabulary().build());
    int[] tokens = tokenizer.encode("x<a><u><d>", false, true);
    assertEquals("x<d>", tokenizer.decode(tokens, false));
    assertEquals("x<a><u><d>", tokenizer.decode(tokens, true));
  }
}
