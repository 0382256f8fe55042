package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordPieceModelTest {
  /// A vocabulary as GGUF files have it: `▁` begins a word, `##` is gone.
  private static VocabularyBuilder vocabulary(String... pieces) {
    List<String> texts = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    texts.addAll(List.of(pieces));
    TokenType[] types = new TokenType[texts.size()];
    for (int token = 0; token < types.length; token++) {
      types[token] = token < 5 ? TokenType.CONTROL : TokenType.NORMAL;
    }
    return new VocabularyBuilder(TokenizerModel.WORD_PIECE)
        .tokens(texts)
        .types(types)
        .special(SpecialToken.PADDING, 0)
        .special(SpecialToken.UNKNOWN, 1)
        .special(SpecialToken.BOS, 2)
        .special(SpecialToken.SEPARATOR, 3)
        .special(SpecialToken.MASK, 4);
  }

  private static List<String> encode(VocabularyBuilder vocabulary, String text) {
    Tokenizer tokenizer = new Tokenizer(vocabulary.build());
    return Vocabularies.texts(tokenizer, tokenizer.encode(text, false, true));
  }

  @Test
  void takesTheLongestTokenFromTheLeft() {
    VocabularyBuilder vocabulary = vocabulary("▁un", "▁una", "aff", "ff", "able", "▁");
    assertEquals(List.of("▁una", "ff", "able"), encode(vocabulary, "unaffable"));
  }

  @Test
  void tellsTheBeginningOfAWordFromItsInside() {
    VocabularyBuilder vocabulary = vocabulary("▁a", "a", "▁b");
    assertEquals(List.of("▁a", "a", "▁b"), encode(vocabulary, "aa b"));
    assertEquals(List.of("[UNK]"), encode(vocabulary, "ab"));
  }

  @Test
  void takesAWordThatCannotBeCoveredForUnknownAsAWhole() {
    VocabularyBuilder vocabulary = vocabulary("▁play", "ing");
    assertEquals(
        List.of("▁play", "[UNK]", "▁play", "ing"), encode(vocabulary, "play playx playing"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Hello, World!;hello|,|world|!",
        "Élan vital;elan|vital",
        "ÅNGSTRÖM;angstrom",
        "don't;don|'|t",
        "a+b=c $5;a|+|b|=|c|$|5",
        "a±b;a±b",
        "日本語x;日|本|語|x",
        "ไทย;ไทย",
        "«x»…;«|x|»|…",
        "ПРИВЕТ;привет",
        "🙂;🙂",
      })
  void normalisesAndSplitsAsBertDoes(String text, String words) {
    assertEquals(words, String.join("|", NormalisedWords.of(text)));
  }

  @Test
  void splitsAtEveryUnicodeSpaceAndDropsControlCharacters() {
    assertEquals(
        List.of("a", "b", "c", "d", "e"),
        NormalisedWords.of("\ta\u00A0b\u3000c\u0085d\n\u2028e \u0000\uFFFD"));
    assertEquals(List.of("ab", "cd", "?"), NormalisedWords.of("a\u200Db c\u00ADd\uD83D"));
  }

  @Test
  void wrapsTheTextInItsMarksOnRequest() {
    Tokenizer tokenizer = new Tokenizer(vocabulary("▁a").build());
    assertEquals(
        List.of("[CLS]", "▁a", "[MASK]", "▁a", "[SEP]"),
        Vocabularies.texts(tokenizer, tokenizer.encode("a [MASK] A", true, true)));
    Tokenizer bare =
        new Tokenizer(
            vocabulary("▁a")
                .flag(TokenizerFlag.ADD_BOS, false)
                .flag(TokenizerFlag.ADD_SEPARATOR, false)
                .build());
    assertEquals(List.of("▁a"), Vocabularies.texts(bare, bare.encode("a", true, false)));
  }

  @Test
  void givesNormalisedTextBackWithTheSpaceOfItsFirstWord() {
    Tokenizer tokenizer = new Tokenizer(vocabulary("▁play", "ing", "▁,", "▁now").build());
    int[] tokens = tokenizer.encode("Playing, now", true, false);
    assertEquals(" playing, now", tokenizer.decode(tokens, false));
  }

  @Test
  void refusesAVocabularyWithoutTheMarkItIsToAdd() {
    VocabularyBuilder vocabulary =
        new VocabularyBuilder(TokenizerModel.WORD_PIECE)
            .tokens(List.of("[CLS]"))
            .special(SpecialToken.BOS, 0);
    String message = assertThrows(IllegalArgumentException.class, vocabulary::build).getMessage();
    assertTrue(message.contains("tokenizer.ggml.seperator_token_id"), message);
  }
}
