package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PreTokenizerTest {
  private static final int LONG_RUN = 200_000;
  private static final int RUN = 4000;
  private static final long SMALL_STACK = 256 << 10;

  private static List<String> words(PreTokenizer kind, String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int end : new WordSplitter(kind).ends(text)) {
      words.add(text.substring(start, end));
      start = end;
    }
    return words;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "GPT2;I've 12345 x  y;I|'ve| 12345| x| | y",
        "GPT2;I'VE?! (a);I|'|VE|?!| (|a|)",
        "LLAMA3;I'VE 12345 x  y;I|'VE| |123|45| x| | y",
        "LLAMA3;(a)日本 é_b;(a|)日本| é|_b",
        "QWEN2;I'Ve 123;I|'Ve| |1|2|3",
        "QWEN2;é\u0301x नि;é|\u0301x| न|ि",
        "QWEN35;é\u0301x नि;é\u0301x| नि",
        "STARCODER;ab 12;ab| |1|2",
        "COMMAND_R;1½;1|½",
        "FALCON;a=b;a|=|b",
        "FALCON;x12345 67;x|123|45| 67",
        "DEFAULT;x 12345, y;x| |123|45|,| y",
        "TEKKEN;helloWorld HTTPServer's/x;hello|World| HTTPServer|'s|/x",
        "TEKKEN;123 ÀÉi;1|2|3| ÀÉi",
        "GPT4O;helloWorld's 1234;hello|World's| |123|4",
        "DEEPSEEK_CODER;a b, 12 日;a| b|,| |1|2| |日",
        "DEEPSEEK_LLM;a b12, 日本  ;a| b|12|,| |日本|  ",
        "DEEPSEEK_LLM;ა;ა",
        "DEEPSEEK_V3;1234日本a, !b;123|4|日本|a|,| !|b",
        "TRILLION;a 's;a| '|s",
        "AFMOE;1234567 12日本 a;1|234|567| |12|日本| a",
        "AFMOE;123456;123|456",
        "BAILING;I'D x!;I|'D| x|!",
        "BLOOM;a-b (c), d;a-b| (|c|),| d",
        "PORO;a 12;a| 12",
        "VIKING;a 12.;a| |1|2|.",
        "CHAMELEON;a  b12, <sentinel:3>IMGIMGABZ;a|  |b|1|2|,| |<|sentinel|:|3|>|IMGIMGABZ",
        "KIMI_K2;日本helloWorld's 1234;日本|hello|World's| |123|4",
        "KIMI_K2;かな日;かな|日",
        "SEED_CODER;I'm 12 (a);I|'m| |1|2| (|a|)",
        "EXAONE_MOE;It's so good, 12 नि;It|'s| so good|,| |1|2| नि",
        "GRANITE_EMBEDDING;helloWorld's 1234;hello|World's| |123|4",
        "JAIS2;ab         cd 1234;ab|        | cd| |123|4",
        "LAGUNA;I'Ve 123;I|'Ve| |1|2|3",
        "MINICPM5;ab  1234;ab|  |123|4",
        "SPARK;1234日本a, !b;1|2|3|4|日本|a|,| !|b",
        "TINY_AYA;1234567 123456, 1234ab ab1234;" + "1|234|567| |123|456|,| |123|4|ab| ab|1|234",
        "UFAKZEKA;Ankara'da 12!;Ankara|'da| |1|2|!",
        "YOUTU;한국日本、ㄅb helloWorld's 12;한국|日本|、|ㄅ|b| hello|World's| |1|2",
        "SUPERBPE;ab 1234567 c;ab |1|234|567| c",
      })
  void splitsAsItsPatternsSay(PreTokenizer kind, String text, String words) {
    assertEquals(words, String.join("|", words(kind, text)));
  }

  @Test
  void splitsLineBreaksOffAsItsPatternsSay() {
    String text = "a \n\n b!\r\nc\n";
    assertEquals(List.of("a", " \n\n", " b", "!\r\n", "c", "\n"), words(PreTokenizer.LLAMA3, text));
    assertEquals(
        List.of("a", " \n\n", " b", "!", "\r", "\n", "c", "\n"), words(PreTokenizer.GPT2, text));
    assertEquals(
        List.of("a", " ", "\n", "\n", " b", "!", "\r", "\n", "c", "\n"),
        words(PreTokenizer.DEEPSEEK_CODER, text));
    assertEquals(
        List.of("a", " ", "\n\n", " b", "!\r", "\n", "c", "\n"), words(PreTokenizer.LAGUNA, text));
    assertEquals(
        List.of("a", " \n\n", " b", "!\r", "\n", "c", "\n"), words(PreTokenizer.EXAONE_MOE, text));
  }

  @Test
  void aWordOfManyWordsNeedsNoStack() {
    String text = "la ".repeat(LONG_RUN) + "la";
    assertEquals(List.of(text), words(PreTokenizer.EXAONE_MOE, text));
  }

  @Test
  void countsEveryUnicodeSpaceAsSpace() {
    String spaces = "\u0085\u00A0\u1680\u2003\u2028\u202F\u205F\u3000";
    assertEquals(List.of("a", spaces, " !"), words(PreTokenizer.LLAMA3, "a" + spaces + " !"));
  }

  @ParameterizedTest
  @EnumSource
  void coversTheTextInOrder(PreTokenizer kind) {
    String text = "Hello  wörld's\r\n\t123456 日本語 한국 नि e\u0301 🙂\uD83D $5+=  \u3000!  ";
    assertEquals(text, String.join("", words(kind, text)));
    assertTrue(words(kind, text).stream().noneMatch(String::isEmpty));
    assertEquals(List.of(), words(kind, ""));
  }

  /// Steps are looks at a character; recursion is found by a stack of few bytes a character.
  @ParameterizedTest
  @EnumSource
  void splitsLongRunsInLinearTimeWithoutRecursion(PreTokenizer kind) throws Exception {
    WordSplitter splitter = new WordSplitter(kind);
    for (String unit : List.of(" ", "a", "A", "\n", "7", "!", "\u0301", "日", " '", "🙂", "\t ")) {
      for (String end : List.of("", "x")) {
        FutureTask<Double> growth =
            new FutureTask<>(() -> {
              long steps = steps(splitter, unit.repeat(RUN) + end);
              return (double) steps(splitter, unit.repeat(2 * RUN) + end) / steps;
            });
        new Thread(null, growth, "few bytes of stack", SMALL_STACK).start();
        double factor = growth.get();
        assertTrue(
            factor <= 2.1,
            () -> "'%s', ending in '%s': %.1f times the steps".formatted(unit, end, factor));
      }
    }
  }

  private static long steps(WordSplitter splitter, String text) {
    CountedText counted = new CountedText(text, new AtomicLong());
    int[] ends = splitter.ends(counted);
    assertEquals(text.length(), ends[ends.length - 1]);
    return counted.looks.get();
  }

  /// @param looks at a character, so far
  private record CountedText(String text, AtomicLong looks) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      looks.setPlain(looks.getPlain() + 1);
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      throw new UnsupportedOperationException("copies");
    }
  }

  @Test
  void isFoundByItsNames() {
    assertEquals(PreTokenizer.LLAMA3, PreTokenizer.named("llama-v3"));
    assertEquals(PreTokenizer.QWEN2, PreTokenizer.named("deepseek-r1-qwen"));
  }

  @Test
  void refusesAnUnknownNameWithTheNearestAndAllSupported() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> PreTokenizer.named("quen2"))
            .getMessage();
    assertTrue(
        message.startsWith(
            "tokenizer.ggml.pre: expected 'qwen2' or another of a.x-4.0, afmoe, bailingmoe, "),
        message);
    assertTrue(message.endsWith("found 'quen2'"), message);
  }
}
