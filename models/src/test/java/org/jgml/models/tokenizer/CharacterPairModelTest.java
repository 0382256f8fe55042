package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CharacterPairModelTest {
  private static final List<String> MERGES =
      List.of("l l", "h e", "he ll", "hell o", "▁ hello", "▁ ▁", "日 本", "o \n");

  private static Tokenizer tokenizer() {
    List<String> texts = new ArrayList<>(List.of("<pad>", "<bos>", "\n", "\n\n"));
    IntStream.range(0, 256).mapToObj("<0x%02X>"::formatted).forEach(texts::add);
    texts.addAll(List.of("h", "e", "l", "o", "▁", "日", "本"));
    MERGES.stream().map(merge -> merge.replace(" ", "")).forEach(texts::add);
    TokenType[] types = new TokenType[texts.size()];
    Arrays.fill(types, TokenType.NORMAL);
    Arrays.fill(types, 0, 2, TokenType.CONTROL);
    Arrays.fill(types, 4, 260, TokenType.BYTE);
    return new Tokenizer(
        new VocabularyBuilder(TokenizerModel.CHARACTER_PAIR)
            .tokens(texts)
            .types(types)
            .merges(MERGES)
            .special(SpecialToken.BOS, 1)
            .build());
  }

  private static List<String> encode(String text) {
    Tokenizer tokenizer = tokenizer();
    return Vocabularies.texts(tokenizer, tokenizer.encode(text, true, false));
  }

  @Test
  void joinsCharactersByRankAcrossSpaces() {
    assertEquals(List.of("<bos>", "hello", "▁hello", "▁▁"), encode("hello hello  "));
    assertEquals(List.of("<bos>", "日本"), encode("日本"));
  }

  @Test
  void joinsNothingAcrossLineBreaksAndKeepsRunsThatAreTokens() {
    assertEquals(List.of("<bos>", "hello", "\n\n", "o", "\n", "o"), encode("hello\n\no\no"));
    assertEquals(List.of("<bos>", "\n", "\n", "\n"), encode("\n\n\n"));
  }

  @Test
  void writesUnknownCharactersAsBytes() {
    assertEquals(List.of("<bos>", "o", "<0xC3>", "<0xA9>", "o"), encode("oéo"));
  }

  @Test
  void givesEveryTextBack() {
    Tokenizer tokenizer = tokenizer();
    for (String text : List.of("", " hello  日本\n\n\n é🙂 !", "\n", "   ")) {
      assertEquals(text, tokenizer.decode(tokenizer.encode(text, true, false), false));
    }
  }
}
