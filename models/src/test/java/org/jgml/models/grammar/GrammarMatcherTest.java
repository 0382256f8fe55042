package org.jgml.models.grammar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Texts that come in pieces.
final class GrammarMatcherTest {
  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void piecesOfAnyLengthAreFollowedAsTheWhole() {
    Random random = new Random(1);
    String alphabet = "{}[]\":,1e-.tru\\n é日😀ab";
    int[] letters = alphabet.codePoints().toArray();
    List<String> valid = List.of("{\"a\": [1, true, \"é日😀\"]}", "[[\"\\n\"], {}]", "\"😀😀\"");
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(valid.get(random.nextInt(valid.size())));
      if (random.nextInt(3) > 0) {
        int at = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length())));
        text.insert(at, Character.toString(letters[random.nextInt(letters.length)]));
      }
      assertEquals(
          ExampleGrammarsTest.JSON.matches(text.toString()),
          matchesInPieces(utf8(text.toString()), random),
          text::toString);
    }
  }

  private static boolean matchesInPieces(byte[] text, Random random) {
    GrammarMatcher matcher = ExampleGrammarsTest.JSON.newMatcher();
    for (int from = 0; from < text.length; ) {
      int to = Math.min(text.length, from + random.nextInt(5));
      byte[] piece = Arrays.copyOfRange(text, from, to);
      if (!matcher.allows(piece)) {
        return false;
      }
      matcher.accept(piece);
      from = to;
    }
    return matcher.canEnd();
  }

  @Test
  void aCutCharacterMustHaveAPossibleEnd() {
    GrammarMatcher matcher = Grammar.parse("root ::= [à-é]+ | \"日\" | \"😀\"").newMatcher();
    byte[] letter = utf8("é");
    assertTrue(matcher.allows(letter[0]));
    assertFalse(matcher.allows(bytes(0xC2)));
    assertTrue(matcher.allows(bytes(0xE6)));
    assertFalse(matcher.allows(bytes(0xE7)));
    assertTrue(matcher.allows(bytes(0xE6, 0x97)));
    assertFalse(matcher.allows(bytes(0xE6, 0x98)));
    assertTrue(matcher.allows(bytes(0xF0, 0x9F, 0x98)));
    assertFalse(matcher.allows(bytes(0xF0, 0x9F, 0x98, 0x81)));
    matcher.accept(letter[0]);
    assertFalse(matcher.canEnd());
    assertFalse(matcher.mustEnd());
    assertFalse(matcher.allows(utf8("é")));
    matcher.accept(letter[1]);
    assertTrue(matcher.canEnd());
    assertFalse(matcher.mustEnd());
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    GrammarMatcher matcher = Grammar.parse("root ::= .*").newMatcher();
    for (byte[] broken :
        List.of(
            bytes(0x80),
            bytes(0xC0),
            bytes(0xC1, 0xBF),
            bytes(0xE0, 0x80),
            bytes(0xED, 0xA0),
            bytes(0xF0, 0x8F),
            bytes(0xF4, 0x90),
            bytes(0xF5),
            bytes(0xFF),
            bytes(0xE2, 0x41))) {
      assertFalse(matcher.allows(broken), () -> Arrays.toString(broken));
    }
    for (int character = 0; character <= Character.MAX_CODE_POINT; character += 7) {
      if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
        assertTrue(matcher.allows(utf8(Character.toString(character))));
      }
    }
  }

  @Test
  void knowsWhereTheTextEnds() {
    GrammarMatcher matcher = Grammar.parse("root ::= \"a\" \"b\"?").newMatcher();
    assertFalse(matcher.canEnd());
    matcher.accept(utf8("a"));
    assertTrue(matcher.canEnd() && !matcher.mustEnd());
    matcher.accept(utf8("b"));
    assertTrue(matcher.canEnd() && matcher.mustEnd());
    assertThrows(IllegalArgumentException.class, () -> matcher.accept(utf8("b")));
  }

  @Test
  void manyPiecesAreJudgedAsEachAlone() {
    Random random = new Random(2);
    String[] parts = {"{", "\"", "a", "é", "😀", "日", "1", "}", ":", " ", "[", "]", ",", "tru"};
    byte[][] pieces = new byte[3000][];
    for (int i = 0; i < pieces.length; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(4); j >= 0; j--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      byte[] whole = utf8(text.toString());
      int from = random.nextInt(4) == 0 ? random.nextInt(whole.length) : 0;
      pieces[i] = Arrays.copyOfRange(whole, from, from + 1 + random.nextInt(whole.length - from));
    }
    Arrays.sort(pieces, Arrays::compare);
    GrammarMatcher matcher = ExampleGrammarsTest.JSON.newMatcher();
    for (String step : List.of("{", "\"", "é", "\":", " [", "1", ",", "\"")) {
      matcher.accept(utf8(step));
      boolean[] expected = new boolean[pieces.length];
      for (int i = 0; i < pieces.length; i++) {
        expected[i] = matcher.allows(pieces[i]);
      }
      assertArrayEquals(expected, matcher.allowed(pieces), step);
    }
  }

  @Test
  void timeGrowsWithLengthOnly() {
    int length = 200_000;
    List<Grammar> grammars =
        List.of(
            Grammar.parse("root ::= (\"a\" | \"a\" \"a\" | \"aaa\")*"),
            Grammar.parse("root ::= (\"a\"*)* (\"a\"+)+ (\"a\" | \"\")*"),
            Grammar.parse("root ::= \"a\" root | \"a\""),
            Grammar.parse("root ::= x x x\nx ::= \"a\"* | \"a\" x"));
    byte[] text = utf8("a".repeat(length));
    for (Grammar grammar : grammars) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            GrammarMatcher matcher = grammar.newMatcher();
            for (byte each : text) {
              matcher.accept(each);
            }
            assertTrue(matcher.canEnd());
          });
    }
  }

  @Test
  void deepNestingIsFollowedOneStepAtATime() {
    int depth = 50_000;
    Grammar grammar = Grammar.parse("root ::= \"(\" root \")\" | \"[\" root \"]\" | \"\"");
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertTrue(grammar.matches("([".repeat(depth) + "])".repeat(depth)));
          assertFalse(grammar.matches("([".repeat(depth) + "])".repeat(depth - 1) + "]]"));
        });
  }

  @Test
  void longRepetitionsAreCountedNotCopied() {
    Grammar grammar = Grammar.parse("root ::= (\"a\" | \"b\"){1000,100000}");
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertFalse(grammar.matches("ab".repeat(499)));
          assertTrue(grammar.matches("ab".repeat(500)));
          assertTrue(grammar.matches("ab".repeat(50_000)));
          assertFalse(grammar.matches("ab".repeat(50_000) + "a"));
        });
  }
}
