package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BytePairModelTest {
  private static List<String> encode(VocabularyBuilder vocabulary, String text) {
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    return Vocabularies.texts(tokenizer, tokenizer.encode(text, false, false));
  }

  @Test
  void joinsTheMergeOfLowestRankFirst() {
    assertEquals(List.of("a", "bc"), encode(Vocabularies.bytePair("b c", "a b"), "abc"));
    assertEquals(List.of("ab", "c"), encode(Vocabularies.bytePair("a b", "b c"), "abc"));
    assertEquals(List.of("abc"), encode(Vocabularies.bytePair("b c", "a bc"), "abc"));
  }

  @Test
  void joinsTheLeftmostOfEqualPairs() {
    assertEquals(List.of("aa", "aa", "a"), encode(Vocabularies.bytePair("a a"), "aaaaa"));
  }

  @Test
  void joinsBytesOfACharacter() {
    assertEquals(List.of("Ã©"), encode(Vocabularies.bytePair("Ã ©"), "é"));
    assertEquals(List.of("Ã", "©"), encode(Vocabularies.bytePair(), "é"));
  }

  @Test
  void joinsNothingAcrossWords() {
    assertEquals(List.of("a", "Ġb"), encode(Vocabularies.bytePair("a Ġ", "Ġ b"), "a b"));
  }

  @Test
  void takesAWordThatIsATokenWholeIfMergesAreIgnored() {
    List<String> special = List.of("abc");
    VocabularyBuilder vocabulary = Vocabularies.bytePair(special, TokenType.NORMAL);
    assertEquals(List.of("a", "b", "c"), encode(vocabulary, "abc"));
    vocabulary.flag(TokenizerFlag.IGNORE_MERGES, true);
    assertEquals(List.of("abc"), encode(vocabulary, "abc"));
  }

  @Test
  void takesMergesThatFormNoTokenApart() {
    VocabularyBuilder vocabulary = Vocabularies.bytePair().merges(List.of("a b", "ab Ã"));
    assertEquals(List.of("a", "b", "c"), encode(vocabulary, "abc"));
    assertEquals(List.of("a", "b", "Ã", "©"), encode(vocabulary, "abé"));
  }

  @Test
  void passesThroughMergesThatFormNoToken() {
    List<String> special = List.of("abc");
    VocabularyBuilder vocabulary =
        Vocabularies.bytePair(special, TokenType.NORMAL).merges(List.of("a b", "ab c"));
    assertEquals(List.of("abc", "d"), encode(vocabulary, "abcd"));
  }

  @Test
  void refusesAMergeOfOneText() {
    VocabularyBuilder vocabulary = Vocabularies.bytePair("a b").merges(List.of("a b", "bc"));
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a", false, false));
    assertEquals(
        "merge 1 of the vocabulary is 'bc', not two texts separated by a space",
        refusal.getMessage());
  }

  @Test
  void cleansUpSpacesIfThePreTokenizerDoes() {
    String text = "What 's this ? I 've no idea ; we 'll see , or ' not '!";
    VocabularyBuilder vocabulary = Vocabularies.bytePair().preTokenizer(PreTokenizer.GPT2);
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    assertEquals(
        "What's this? I've no idea ; we 'll see, or'not '!",
        tokenizer.decode(tokenizer.encode(text, false, false), false));
  }

  @Test
  void countsMalformedBytesAsReplacementCharacters() {
    Tokenizer tokenizer = new Tokenizer(Vocabularies.bytePair().build());
    byte[] malformed = {'a', (byte) 0xC3, 'b', (byte) 0xFF};
    int[] tokens = tokenizer.encode(malformed, true, true);
    assertEquals("a�b�", tokenizer.decode(tokens, false));
  }

  @Test
  void countsUnpairedSurrogatesAsQuestionMarks() {
    Tokenizer tokenizer = new Tokenizer(Vocabularies.bytePair().build());
    assertEquals("a?b", tokenizer.decode(tokenizer.encode("a\uD83Db", true, true), false));
  }

  @Test
  void keepsCharactersThatStandForNoByte() {
    List<String> special = List.of("日");
    Tokenizer tokenizer = new Tokenizer(Vocabularies.bytePair(special, TokenType.NORMAL).build());
    assertEquals("日", new String(tokenizer.piece(256), StandardCharsets.UTF_8));
  }
}
