package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SentencePieceModelTest {
  private static List<String> encode(VocabularyBuilder vocabulary, String text) {
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    return Vocabularies.texts(tokenizer, tokenizer.encode(text, false, true));
  }

  private static VocabularyBuilder withoutPrefix(String... pieces) {
    return Vocabularies.sentencePiece(pieces).flag(TokenizerFlag.ADD_SPACE_PREFIX, false);
  }

  @Test
  void joinsThePairOfHighestScoreFirst() {
    assertEquals(List.of("a", "bc"), encode(withoutPrefix("a", "b", "c", "bc", "ab"), "abc"));
    assertEquals(List.of("ab", "c"), encode(withoutPrefix("a", "b", "c", "ab", "bc"), "abc"));
  }

  @Test
  void joinsTheLeftmostOfEqualPairs() {
    assertEquals(List.of("aa", "a"), encode(withoutPrefix("a", "aa"), "aaa"));
    assertEquals(List.of("aa", "aa", "a"), encode(withoutPrefix("a", "aa"), "aaaaa"));
  }

  @Test
  void treatsNegativeZeroAsZeroWhenScoresTie() {
    VocabularyBuilder vocabulary = withoutPrefix("a", "b", "c", "ab", "bc");
    float[] scores = new float[264];
    scores[262] = -0f;
    assertEquals(List.of("ab", "c"), encode(vocabulary.scores(scores), "abc"));
  }

  @Test
  void joinsOnlyWhatIsAToken() {
    assertEquals(
        List.of("ab", "cd"), encode(withoutPrefix("a", "b", "c", "d", "ab", "cd"), "abcd"));
  }

  @Test
  void joinsCharactersThatAreNoTokensThemselves() {
    assertEquals(List.of("日本"), encode(withoutPrefix("日本"), "日本"));
  }

  @Test
  void writesUnknownCharactersAsBytes() {
    assertEquals(List.of("<0xC3>", "<0xA9>"), encode(withoutPrefix("a"), "é"));
    assertEquals(List.of("<0xF0>", "<0x9F>", "<0x99>", "<0x82>"), encode(withoutPrefix("a"), "🙂"));
  }

  @Test
  void writesBytesWithoutATokenAsTheUnknownToken() {
    VocabularyBuilder vocabulary =
        new VocabularyBuilder(TokenizerModel.SENTENCE_PIECE)
            .tokens(List.of("<unk>", "a"))
            .special(SpecialToken.UNKNOWN, 0)
            .flag(TokenizerFlag.ADD_BOS, false)
            .flag(TokenizerFlag.ADD_SPACE_PREFIX, false);
    assertEquals(List.of("a", "<unk>", "a"), encode(vocabulary, "aba"));
  }

  @Test
  void putsASpaceInFrontOfTextAndAfterSpecialTokens() {
    VocabularyBuilder vocabulary = Vocabularies.sentencePiece("▁", "a", "▁a");
    assertEquals(List.of("▁a", "▁a"), encode(vocabulary, "a a"));
    assertEquals(List.of("▁a", "</s>", "▁a"), encode(vocabulary, "a</s>a"));
    assertEquals(List.of(), encode(vocabulary, ""));
  }

  @Test
  void putsNoSpaceInFrontIfTheVocabularyWantsNone() {
    assertEquals(List.of("a", "▁a"), encode(withoutPrefix("▁", "a", "▁a"), "a a"));
  }

  @Test
  void addsTheBeginningAndEndOfTheSequenceOnRequest() {
    VocabularyBuilder vocabulary =
        Vocabularies.sentencePiece("▁", "a", "▁a").flag(TokenizerFlag.ADD_EOS, true);
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    int[] tokens = tokenizer.encode("a", true, false);
    assertEquals(List.of("<s>", "▁a", "</s>"), Vocabularies.texts(tokenizer, tokens));
    assertEquals("a", tokenizer.decode(tokens, false));
    assertEquals("<s> a</s>", tokenizer.decode(tokens, true));
  }

  @Test
  void decodesOneSpaceLessInFront() {
    Tokenizer tokenizer = new Tokenizer(Vocabularies.sentencePiece("▁", "a", "▁a").build());
    for (String text : List.of("a", " a", "  a a ", "", "\n a")) {
      assertEquals(text, tokenizer.decode(tokenizer.encode(text, true, false), false));
    }
  }

  @Test
  void givesTheBytesOfEachTypeOfToken() {
    Tokenizer tokenizer = new Tokenizer(Vocabularies.sentencePiece("▁é").build());
    assertEquals(" é", new String(tokenizer.piece(259), StandardCharsets.UTF_8));
    assertEquals("</s>", new String(tokenizer.piece(2), StandardCharsets.UTF_8));
    assertEquals(0xFF, Byte.toUnsignedInt(tokenizer.piece(258)[0]));
  }
}
