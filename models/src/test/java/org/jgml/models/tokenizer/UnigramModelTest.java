package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.jgml.models.Fixtures;
import org.jgml.models.gguf.GgufFile;
import org.junit.jupiter.api.Test;
import tools.jackson.jr.ob.JSON;

/// Unigram gives the tokens that SentencePiece recorded (make_unigram.py), and cuts as its
/// definition says.
final class UnigramModelTest {
  private static Tokenizer tokenizer(VocabularyBuilder builder) {
    return new Tokenizer(builder.build());
  }

  /// `</s>` and the unknown token are first, as in T5.
  private static VocabularyBuilder vocabulary(List<String> texts, float... scores) {
    return new VocabularyBuilder(TokenizerModel.UNIGRAM)
        .tokens(texts)
        .scores(scores)
        .special(SpecialToken.EOS, 0)
        .special(SpecialToken.UNKNOWN, 1);
  }

  @Test
  void tokensAreThoseOfSentencePiece() throws IOException {
    try (GgufFile file = GgufFile.open(Fixtures.resource("tokenizers/unigram.gguf"))) {
      Tokenizer tokenizer = new Tokenizer(Vocabulary.read(file.metadata()));
      List<Object> records =
          JSON.std.listFrom(Files.readString(Fixtures.resource("tokenizers/unigram.json")));
      assertTrue(records.size() > 100);
      for (Object each : records) {
        Map<?, ?> line = (Map<?, ?>) each;
        int[] expected =
            ((List<?>) line.get("ids")).stream().mapToInt(id -> (Integer) id).toArray();
        String text = (String) line.get("text");
        assertArrayEquals(expected, tokenizer.encode(text, true, false), text);
      }
    }
  }

  @Test
  void theGreatestSumOfScoresWins() {
    Tokenizer tokenizer =
        tokenizer(
            vocabulary(
                List.of("</s>", "<unk>", "a", "b", "c", "ab", "bc"), 0, 0, -2, -4, -1, -3, -4));
    assertArrayEquals(new int[] {5, 4, 0}, tokenizer.encode("abc", true, false));
  }

  @Test
  void unknownCharactersInARowAreOneToken() {
    Tokenizer tokenizer = tokenizer(vocabulary(List.of("</s>", "<unk>", "a"), 0, 0, -1));
    assertArrayEquals(new int[] {1, 2, 1}, tokenizer.encode("🙂xax", false, false));
  }

  @Test
  void withoutACharacterMapNothingIsReplaced() {
    Tokenizer tokenizer = tokenizer(vocabulary(List.of("</s>", "<unk>", "ﬁ", "▁"), 0, 0, -1, -2));
    assertArrayEquals(new int[] {2, 3, 3, 2}, tokenizer.encode("ﬁ  ﬁ", false, false));
    assertEquals("ﬁ  ﬁ", tokenizer.decode(new int[] {2, 3, 3, 2}, false));
  }

  @Test
  void aMapWhoseTrieIsLongerThanItselfIsRefused() {
    VocabularyBuilder builder = new VocabularyBuilder(TokenizerModel.UNIGRAM);
    assertThrows(
        VocabularyException.class,
        () -> builder.characterMap((byte) 9, (byte) 0, (byte) 0, (byte) 0, (byte) 1));
  }
}
