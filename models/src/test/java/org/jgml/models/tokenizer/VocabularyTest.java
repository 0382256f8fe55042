package org.jgml.models.tokenizer;

import static org.jgml.models.tokenizer.TokenType.CONTROL;
import static org.jgml.models.tokenizer.TokenType.USER_DEFINED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class VocabularyTest {
  private static void assertRefused(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  @Test
  void findsTokensByText() {
    Vocabulary vocabulary = Vocabularies.sentencePiece("a", "b", "a").build();
    assertEquals(OptionalInt.of(259), vocabulary.token("a"));
    assertEquals(OptionalInt.empty(), vocabulary.token("c"));
    assertEquals("a", vocabulary.text(261));
  }

  @Test
  void refusesTokensBeyondIt() {
    Vocabulary vocabulary = Vocabularies.sentencePiece().build();
    assertRefused(
        "token 259 is not in the vocabulary, which has 259 tokens", () -> vocabulary.text(259));
    assertRefused(
        "token -1 is not in the vocabulary, which has 259 tokens", () -> vocabulary.type(-1));
    assertRefused(
        "token 1000 is not in the vocabulary, which has 259 tokens",
        () -> new Tokenizer(vocabulary).decode(new int[] {1000}, false));
  }

  @Test
  void refusesCountsThatDiffer() {
    assertRefused(
        "tokenizer.ggml.scores: expected one element for each of the 259 tokens, found 1",
        Vocabularies.sentencePiece().scores(0f)::build);
    assertRefused(
        "tokenizer.ggml.token_type: expected one element for each of the 259 tokens, found 0",
        Vocabularies.sentencePiece().types()::build);
  }

  @Test
  void refusesSpecialTokensBeyondIt() {
    assertRefused(
        "tokenizer.ggml.bos_token_id: expected one of the 259 tokens, found 259",
        Vocabularies.sentencePiece().special(SpecialToken.BOS, 259)::build);
  }

  @Test
  void refusesToAddATokenThatItLacks() {
    assertRefused(
        "tokenizer.ggml.eos_token_id: expected a token, because tokenizer.ggml.add_eos_token is on,"
            + " found none",
        Vocabularies.bytePair().flag(TokenizerFlag.ADD_EOS, true)::build);
  }

  @Test
  void recognisesTheEndsOfGenerationByText() {
    List<String> special = List.of("<|endoftext|>", "<|im_end|>", "<tool>", "<|file_sep|>");
    Vocabulary vocabulary =
        Vocabularies.bytePair(special, CONTROL, USER_DEFINED, USER_DEFINED, USER_DEFINED).build();
    assertEquals(OptionalInt.of(257), vocabulary.special(SpecialToken.EOT));
    assertEquals(OptionalInt.of(259), vocabulary.special(SpecialToken.FIM_SEPARATOR));
    assertArrayEquals(new int[] {256, 257, 259}, vocabulary.endOfGeneration().toArray());
    assertTrue(vocabulary.isEndOfGeneration(257));
    assertFalse(vocabulary.isEndOfGeneration(258));
    assertFalse(vocabulary.isEndOfGeneration(-1));
  }

  @Test
  void makesRecognisedTokensControlTokens() {
    List<String> special = List.of("<|im_end|>", "<tool>");
    Vocabulary vocabulary = Vocabularies.bytePair(special, USER_DEFINED, USER_DEFINED).build();
    assertEquals(CONTROL, vocabulary.type(256));
    assertEquals(USER_DEFINED, vocabulary.type(257));
  }

  @Test
  void prefersGivenSpecialTokensToRecognisedOnes() {
    List<String> special = List.of("<|eot_id|>", "<end>");
    Vocabulary vocabulary =
        Vocabularies.bytePair(special, CONTROL, CONTROL).special(SpecialToken.EOT, 257).build();
    assertEquals(OptionalInt.of(257), vocabulary.special(SpecialToken.EOT));
    assertArrayEquals(new int[] {256, 257}, vocabulary.endOfGeneration().toArray());
  }

  @Test
  void changesNoMoreWithItsBuilder() {
    VocabularyBuilder builder = Vocabularies.bytePair(List.of("<a>"), CONTROL);
    Vocabulary vocabulary = builder.build();
    builder.stripLeft(256).flag(TokenizerFlag.IGNORE_MERGES, true).special(SpecialToken.BOS, 256);
    assertFalse(vocabulary.stripsLeft(256));
    assertFalse(vocabulary.has(TokenizerFlag.IGNORE_MERGES));
    assertEquals(OptionalInt.empty(), vocabulary.special(SpecialToken.BOS));
  }

  @Test
  void mayBeAbsent() {
    Vocabulary none = Vocabulary.none();
    assertEquals(0, none.size());
    assertEquals(TokenizerModel.NONE, none.model());
    assertFalse(none.isEndOfGeneration(2));
    assertRefused(
        "the model has no vocabulary: text cannot be encoded or decoded, only token ids work",
        () -> new Tokenizer(none));
  }
}
