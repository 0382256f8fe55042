package org.jgml.models.tokenizer;

import static org.jgml.models.gguf.GgufValueType.FLOAT32;
import static org.jgml.models.gguf.GgufValueType.INT32;
import static org.jgml.models.gguf.GgufValueType.UINT32;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VocabularyReaderTest {
  @TempDir private Path folder;

  private Vocabulary read(GgufWriter writer) throws IOException {
    writer.write(folder.resolve("vocabulary.gguf"));
    // Open until the process ends: merges are read from the file.
    return Vocabulary.read(GgufFile.open(folder.resolve("vocabulary.gguf")).metadata());
  }

  private void assertRefused(String message, GgufWriter writer) {
    GgufException refusal = assertThrows(GgufException.class, () -> read(writer));
    assertEquals("vocabulary.gguf: key " + message, refusal.getMessage());
  }

  private static GgufWriter sentencePiece() {
    return new GgufWriter()
        .put("tokenizer.ggml.model", GgufValue.of("llama"))
        .put("tokenizer.ggml.tokens", strings("<unk>", "<s>", "</s>", "▁", "a", "▁a"))
        .put("tokenizer.ggml.scores", GgufValue.ofNumbers(FLOAT32, 0, 0, 0, -3, -2, -1))
        .put("tokenizer.ggml.token_type", GgufValue.ofIntegers(INT32, 2, 3, 3, 1, 1, 1));
  }

  private static GgufWriter bytePair() {
    return new GgufWriter()
        .put("tokenizer.ggml.model", GgufValue.of("gpt2"))
        .put("tokenizer.ggml.tokens", strings("a", "b", "ab", "<|im_end|>"))
        .put("tokenizer.ggml.merges", strings("a b"));
  }

  private static GgufValue strings(String... values) {
    return GgufValue.ofStrings(List.of(values));
  }

  private static GgufValue uint32(long value) {
    return GgufValue.ofInteger(UINT32, value);
  }

  @Test
  void readsASentencePieceVocabularyWithItsDefaults() throws IOException {
    Vocabulary vocabulary = read(sentencePiece());
    assertEquals(6, vocabulary.size());
    assertEquals(-2f, vocabulary.score(4));
    assertEquals(TokenType.CONTROL, vocabulary.type(1));
    assertEquals(OptionalInt.of(1), vocabulary.special(SpecialToken.BOS));
    assertTrue(vocabulary.has(TokenizerFlag.ADD_SPACE_PREFIX));
    assertArrayEquals(new int[] {1, 5, 5}, new Tokenizer(vocabulary).encode("a a", true, false));
  }

  @Test
  void readsFlagsAndSpecialTokens() throws IOException {
    Vocabulary vocabulary =
        read(
            sentencePiece()
                .put("tokenizer.ggml.add_space_prefix", GgufValue.of(false))
                .put("tokenizer.ggml.add_bos_token", GgufValue.of(false))
                .put("tokenizer.ggml.add_eos_token", GgufValue.of(true))
                .put("tokenizer.ggml.eos_token_id", uint32(4)));
    assertArrayEquals(new int[] {4, 4}, new Tokenizer(vocabulary).encode("a", true, false));
    assertTrue(vocabulary.isEndOfGeneration(4));
    assertFalse(vocabulary.isEndOfGeneration(2));
  }

  @Test
  void readsAByteLevelVocabularyWithTheFlagsOfItsPreTokenizer() throws IOException {
    Vocabulary vocabulary = read(bytePair());
    assertEquals(PreTokenizer.DEFAULT, vocabulary.preTokenizer());
    assertTrue(vocabulary.has(TokenizerFlag.CLEAN_UP_SPACES));
    assertEquals(OptionalInt.empty(), vocabulary.special(SpecialToken.BOS));
    assertArrayEquals(new int[] {2, 0}, new Tokenizer(vocabulary).encode("aba", true, false));

    Vocabulary qwen = read(bytePair().put("tokenizer.ggml.pre", GgufValue.of("qwen2")));
    assertEquals(PreTokenizer.QWEN2, qwen.preTokenizer());
    assertFalse(qwen.has(TokenizerFlag.CLEAN_UP_SPACES));
  }

  @Test
  void dropsSpaceAfterSpecialTokensOfPhi3() throws IOException {
    GgufWriter phi3 = sentencePiece().put("general.name", GgufValue.of("Phi-3 mini"));
    Tokenizer tokenizer = new Tokenizer(read(phi3));
    assertArrayEquals(new int[] {2, 5}, tokenizer.encode("</s> \n a", false, true));
    assertArrayEquals(new int[] {1, 3, 5}, tokenizer.encode("<s> a", false, true));
  }

  @Test
  void dropsSpaceBeforeTheMaskOfModernBert() throws IOException {
    GgufWriter writer =
        bytePair()
            .put("tokenizer.ggml.tokens", strings("a", "b", "ab", "[MASK]"))
            .put("tokenizer.ggml.token_type", GgufValue.ofIntegers(INT32, 1, 1, 1, 3));
    int[] tokens = {2, 3};
    Tokenizer modern =
        new Tokenizer(read(writer.put("tokenizer.ggml.pre", GgufValue.of("modern-bert"))));
    assertArrayEquals(tokens, modern.encode("ab \n[MASK]", false, true));
  }

  private static GgufWriter wordPiece() {
    return new GgufWriter()
        .put("tokenizer.ggml.model", GgufValue.of("bert"))
        .put("tokenizer.ggml.tokens", strings("[UNK]", "[CLS]", "[SEP]", "▁a", "b"))
        .put("tokenizer.ggml.unknown_token_id", uint32(0))
        .put("tokenizer.ggml.bos_token_id", uint32(1))
        .put("tokenizer.ggml.seperator_token_id", uint32(2));
  }

  @Test
  void readsAWordPieceVocabularyWithItsDefaults() throws IOException {
    Tokenizer tokenizer = new Tokenizer(read(wordPiece()));
    assertArrayEquals(new int[] {1, 3, 4, 0, 2}, tokenizer.encode("Áb x", true, false));
    Tokenizer open =
        new Tokenizer(read(wordPiece().put("tokenizer.ggml.add_sep_token", GgufValue.of(false))));
    assertArrayEquals(new int[] {1, 3}, open.encode("a", true, false));
  }

  @Test
  void readsTheMergesOfCharacters() throws IOException {
    GgufWriter writer =
        bytePair()
            .put("tokenizer.ggml.model", GgufValue.of("gemma4"))
            .put("tokenizer.ggml.bos_token_id", uint32(3));
    assertArrayEquals(new int[] {3, 2, 0}, new Tokenizer(read(writer)).encode("aba", true, false));
  }

  @Test
  void readsNoVocabulary() throws IOException {
    assertEquals(TokenizerModel.NONE, read(new GgufWriter()).model());
    GgufWriter none = new GgufWriter().put("tokenizer.ggml.model", GgufValue.of("no_vocab"));
    assertEquals(TokenizerModel.NONE, read(none).model());
  }

  @Test
  void refusesATokenizerItDoesNotKnow() {
    assertRefused(
        "tokenizer.ggml.model: expected 'llama' or another of bert, gemma4, gpt2, no_vocab,"
            + " none, t5, found STRING \"lama\"",
        sentencePiece().put("tokenizer.ggml.model", GgufValue.of("lama")));
  }

  @Test
  void refusesAPreTokenizerItDoesNotKnow() {
    GgufWriter writer = bytePair().put("tokenizer.ggml.pre", GgufValue.of("llama-pbe"));
    String message = assertThrows(GgufException.class, () -> read(writer)).getMessage();
    assertTrue(
        message.startsWith(
            "vocabulary.gguf: key tokenizer.ggml.pre: expected 'llama-bpe' or another of "),
        message);
  }

  @Test
  void refusesCountsThatDiffer() {
    assertRefused(
        "tokenizer.ggml.scores: expected one element for each of the 6 tokens,"
            + " found ARRAY of FLOAT32 [1 × FLOAT32]",
        sentencePiece().put("tokenizer.ggml.scores", GgufValue.ofNumbers(FLOAT32, 0)));
  }

  @Test
  void refusesSpecialTokensBeyondTheVocabulary() {
    assertRefused(
        "tokenizer.ggml.bos_token_id: expected one of the 6 tokens, found UINT32 4294967295",
        sentencePiece().put("tokenizer.ggml.bos_token_id", uint32(0xFFFFFFFFL)));
  }

  @Test
  void refusesMissingParts() {
    assertRefused(
        "tokenizer.ggml.tokens: expected an array of STRING, found no such key",
        new GgufWriter().put("tokenizer.ggml.model", GgufValue.of("llama")));
    assertRefused(
        "tokenizer.ggml.bos_token_id: expected a token, because tokenizer.ggml.add_bos_token is on,"
            + " found no such key",
        bytePair().put("tokenizer.ggml.add_bos_token", GgufValue.of(true)));
  }
}
