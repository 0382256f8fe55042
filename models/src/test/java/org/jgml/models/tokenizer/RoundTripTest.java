package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jgml.models.BundledModel;
import org.jgml.models.gguf.GgufFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RoundTripTest {
  private static final int TEXTS = 300;
  private static final List<String> UNITS =
      List.of(
          "a", "b", "the", "The", " ", " ", "  ", "\n", "\t", "'s", "1", "42", "é", "ß", "日", "🙂",
          ".", "<s>", "Ġ", "\u0301", "\u00A0", "\u200D");

  private final long seed = System.nanoTime();
  private final RandomGenerator random = new SplittableRandom(seed);

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(
          random.nextInt(5) == 0 ? anyCharacter() : UNITS.get(random.nextInt(UNITS.size())));
    }
    return text.toString();
  }

  private String anyCharacter() {
    int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
    boolean surrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return surrogate ? "?" : Character.toString(codePoint);
  }

  private void assertRoundTrips(Tokenizer tokenizer) {
    for (int i = 0; i < TEXTS; i++) {
      // SentencePiece cannot tell its sign for a space from a space.
      String text = text().replace('▁', '_');
      int[] tokens = tokenizer.encode(text, true, false);
      assertEquals(text, tokenizer.decode(tokens, false), "seed " + seed);
      assertEquals(text, streamed(tokenizer, tokens), "streamed, seed " + seed);
    }
  }

  /// The stream keeps the space that encoding puts in front.
  private static String streamed(Tokenizer tokenizer, int[] tokens) {
    TextStream stream = new TextStream(tokenizer, false);
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.append(stream.append(token));
    }
    text.append(stream.finish());
    boolean prefixed = tokenizer.vocabulary().has(TokenizerFlag.ADD_SPACE_PREFIX);
    return prefixed && !text.isEmpty() ? text.substring(1) : text.toString();
  }

  /// The text of a token gives tokens of that text; that of a mark gives the mark.
  static void assertEveryTokenRoundTrips(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    for (int token = 0; token < vocabulary.size(); token++) {
      String text = new String(tokenizer.piece(token), StandardCharsets.UTF_8);
      switch (vocabulary.type(token)) {
        case NORMAL -> assertEquals(text, text.contains("\uFFFD") ? text : again(tokenizer, text));
        case CONTROL, USER_DEFINED ->
            assertArrayEquals(
                new int[] {vocabulary.token(text).orElseThrow()},
                tokenizer.encode(text, false, true),
                text);
        case BYTE -> assertEquals(1, tokenizer.piece(token).length);
        case UNKNOWN, UNUSED -> {}
      }
    }
  }

  /// The bytes of the tokens of a text, without the space that encoding puts in front.
  private static String again(Tokenizer tokenizer, String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int token : tokenizer.encode(text, false, false)) {
      bytes.writeBytes(tokenizer.piece(token));
    }
    String result = bytes.toString(StandardCharsets.UTF_8);
    boolean prefixed = tokenizer.vocabulary().has(TokenizerFlag.ADD_SPACE_PREFIX);
    return prefixed && !result.isEmpty() ? result.substring(1) : result;
  }

  @Test
  void everyTokenOfTheBundledModelRoundTrips() throws IOException {
    try (GgufFile file = GgufFile.open(BundledModel.file())) {
      assertEveryTokenRoundTrips(new Tokenizer(Vocabulary.read(file.metadata())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytePairTokensGiveTheTextBack(PreTokenizer kind) {
    assertRoundTrips(
        new Tokenizer(
            Vocabularies.bytePair("t h", "th e", "Ġ the", "Ġ Ġ", "Ã ©", "4 2", "ð Ł")
                .preTokenizer(kind)
                .flag(TokenizerFlag.ADD_BOS, false)
                .flag(TokenizerFlag.CLEAN_UP_SPACES, false)
                .build()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sentencePieceTokensGiveTheTextBack(boolean spacePrefix) {
    assertRoundTrips(
        new Tokenizer(
            Vocabularies.sentencePiece("▁", "▁▁", "t", "h", "e", "th", "the", "▁the", "日", "é")
                .flag(TokenizerFlag.ADD_SPACE_PREFIX, spacePrefix)
                .build()));
  }
}
