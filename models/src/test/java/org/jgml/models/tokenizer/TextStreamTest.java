package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TextStreamTest {
  private static final int FIRST_BYTE = 3;
  private static final int SPACED = 259;

  private static Tokenizer tokenizer() {
    return new Tokenizer(Vocabularies.sentencePiece("▁a").build());
  }

  /// What each of some bytes, one token each, makes appear, and what is left at the end.
  private static List<String> appearing(TextStream stream, byte... bytes) {
    List<String> texts =
        IntStream.range(0, bytes.length)
            .mapToObj(i -> stream.append(FIRST_BYTE + Byte.toUnsignedInt(bytes[i])))
            .toList();
    return IntStream.rangeClosed(0, bytes.length)
        .mapToObj(i -> i < bytes.length ? texts.get(i) : stream.finish())
        .toList();
  }

  @Test
  void holdsBytesBackUntilTheyMakeACharacter() {
    TextStream stream = new TextStream(tokenizer(), false);
    byte[] bytes = "aé日🙂b".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        List.of("a", "", "é", "", "", "日", "", "", "", "🙂", "b", ""), appearing(stream, bytes));
  }

  @Test
  void replacesMalformedBytesAsSoonAsTheyAreKnownToBe() {
    TextStream stream = new TextStream(tokenizer(), false);
    byte[] bytes = {(byte) 0xFF, (byte) 0xE6, (byte) 0x97, 'a', (byte) 0x80};
    assertEquals(List.of("�", "", "", "�a", "�", ""), appearing(stream, bytes));
  }

  @Test
  void givesWhatIsHeldBackAtTheEndAndStartsAnew() {
    TextStream stream = new TextStream(tokenizer(), false);
    byte[] cut = {(byte) 0xF0, (byte) 0x9F};
    assertEquals(List.of("", "", "�"), appearing(stream, cut));
    assertEquals(List.of("a", ""), appearing(stream, (byte) 'a'));
  }

  @Test
  void keepsTheSpaceInFront() {
    assertEquals(" a", new TextStream(tokenizer(), false).append(SPACED));
  }

  @Test
  void showsControlTokensOnRequest() {
    assertEquals("", new TextStream(tokenizer(), false).append(2));
    assertEquals("</s>", new TextStream(tokenizer(), true).append(2));
  }
}
