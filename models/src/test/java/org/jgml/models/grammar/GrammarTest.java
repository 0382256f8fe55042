package org.jgml.models.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What small grammars accept and refuse, and which are none.
final class GrammarTest {
  private static Arguments of(String gbnf, List<String> accepted, List<String> refused) {
    return Arguments.of(gbnf, accepted, refused);
  }

  static List<Arguments> grammars() {
    return List.of(
        of("root ::= \"\"", List.of(""), List.of("a", " ")),
        of("root ::= \"ab\"", List.of("ab"), List.of("", "a", "abc", "b", "aB")),
        of("root ::= \"a\" | \"bc\" | ", List.of("a", "bc", ""), List.of("ab", "c")),
        of("root ::= \"a\" \"b\"? \"c\"*", List.of("a", "ab", "abc", "accc"), List.of("b", "abb")),
        of("root ::= \"ab\"+", List.of("ab", "ababab"), List.of("", "aba", "aab")),
        of("root ::= \"a\"{3}", List.of("aaa"), List.of("", "aa", "aaaa")),
        of("root ::= \"a\"{2,}", List.of("aa", "aaaaaa"), List.of("", "a")),
        of("root ::= \"a\"{1,3}", List.of("a", "aa", "aaa"), List.of("", "aaaa")),
        of("root ::= \"a\"{ 0 , 2 } \"b\"{0}", List.of("", "aa"), List.of("aaa", "ab")),
        of("root ::= (\"a\" | \"b\"{2}){2}", List.of("aa", "abb", "bbbb"), List.of("ab", "bb")),
        of("root ::= \"a\"?{2}\"b\"", List.of("b", "ab", "aab"), List.of("aaab")),
        of("root ::= [a-cx]", List.of("a", "b", "c", "x"), List.of("d", "", "-")),
        of("root ::= [^a-cx]", List.of("d", "é", "\n", "😀"), List.of("a", "x", "")),
        of("root ::= [-a]+ [b-]", List.of("-b", "a-"), List.of("b", "c-")),
        of("root ::= [\\]\\[\\\\^]+", List.of("][\\^"), List.of("a")),
        of("root ::= [\\t\\n\\r\"]*", List.of("\t\n\r\""), List.of("t")),
        of("root ::= \"\\x41\\u00e9\\U0001F600\\\"\\\\\"", List.of("Aé😀\"\\"), List.of("Ae")),
        of("root ::= [\\u0430-\\u044F]+", List.of("привет"), List.of("привеt", "П")),
        of("root ::= .", List.of("a", "😀", "\n"), List.of("", "ab")),
        of("root ::= .{2} \"!\"", List.of("ab!", "日本!"), List.of("a!", "abc!")),
        of("root ::= a b\na ::= \"x\"\nb ::= a a # twice", List.of("xxx"), List.of("xx")),
        of("# first\n\nroot ::= # here\n \"a\" # end\n\n", List.of("a"), List.of("")),
        of("root ::= \"a\"\n  | \"b\"\n  | \"c\"", List.of("a", "b", "c"), List.of("ab")),
        of("root ::= (\n\"a\"\n\"b\" |\n\"c\"\n)\n", List.of("ab", "c"), List.of("a")),
        of("root::=a\r\na::=\"z\"\r\n", List.of("z"), List.of("")),
        of("root ::= \"(\" root \")\" | \"\"", List.of("", "(())"), List.of("(()", "())")),
        of("root ::= \"a\" root | \"b\"", List.of("b", "aaab"), List.of("a", "ba")),
        of("root ::= (\"a\"*)* \"b\"", List.of("b", "aab"), List.of("a", "bb")),
        of("root ::= ((\"a\"?)+ | \"\")* \"b\"", List.of("b", "aab"), List.of("a")),
        of("root ::= e e \"x\"\ne ::= \"\" | \"y\"", List.of("x", "yyx"), List.of("yyyx")),
        of("root ::= a\na ::= a | \"x\"", List.of("x"), List.of("xx")),
        of("root ::= x-1_b\nx-1_b ::= \"q\"", List.of("q"), List.of("")));
  }

  @ParameterizedTest
  @MethodSource("grammars")
  void acceptsAndRefuses(String gbnf, List<String> accepted, List<String> refused) {
    Grammar grammar = Grammar.parse(gbnf);
    accepted.forEach(text -> assertTrue(grammar.matches(text), () -> "refused " + text));
    refused.forEach(text -> assertFalse(grammar.matches(text), () -> "accepted " + text));
  }

  static List<Arguments> faults() {
    return List.of(
        Arguments.of("", "line 1, column 1: there is no rule named root"),
        Arguments.of("root ::= a", "line 1, column 10: rule 'a' is not defined"),
        Arguments.of("root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: rule 'root' is defined"),
        Arguments.of("root = \"a\"", "line 1, column 6: expected ::=, found '='"),
        Arguments.of("root ::= \"a", "line 1, column 10: no \" ends what begins here"),
        Arguments.of("root ::= [a\n]", "line 1, column 10: no ] ends what begins here"),
        Arguments.of("root ::= (\"a\"", "line 1, column 14: expected an item or ), found the end"),
        Arguments.of("root ::= \"a\" )", "line 1, column 14: expected an item or the end of the"),
        Arguments.of("root ::= * \"a\"", "line 1, column 10: expected an item"),
        Arguments.of("root ::= \"\\q\"", "line 1, column 11: unknown escape"),
        Arguments.of("root ::= \"\\x4\"", "line 1, column 11: expected 2 hexadecimal digits"),
        Arguments.of("root ::= \"\\U00110000\"", "line 1, column 11: there is no such character"),
        Arguments.of("root ::= [z-a]", "line 1, column 11: a range from a larger"),
        Arguments.of("root ::= \"a\"{3,2}", "line 1, column 13: at most 2 cannot be at least 3"),
        Arguments.of("root ::= \"a\"{x}", "line 1, column 14: expected a number, found 'x'"),
        Arguments.of("root ::= \"a\"{9999999999}", "line 1, column 14: more than"),
        Arguments.of("root ::= \"a\"{2", "line 1, column 15: expected }, found the end"),
        Arguments.of("\n root ::= <x>", "line 2, column 11: expected an item or the end of the"),
        Arguments.of(
            "root ::= root \"a\" | \"\"", "line 1, column 1: rule 'root' recurses on the left"),
        Arguments.of("root ::= []", "line 1, column 1: no text follows rule 'root'"),
        Arguments.of("root ::= a?\na ::= \"x\" a", "line 2, column 1: no text follows rule 'a'"),
        Arguments.of("root ::= a*\na ::= a*", "line 2, column 1: rule 'a' recurses on the left"),
        Arguments.of(
            "root ::= b\nb ::= \"x\"? c | \"z\"\nc ::= e b \"y\"\ne ::= \"\"",
            "line 3, column 1: rule 'c' recurses on the left"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void namesTheFaultAndItsPlace(String gbnf, String message) {
    GrammarException fault = assertThrows(GrammarException.class, () -> Grammar.parse(gbnf));
    assertTrue(fault.getMessage().startsWith("grammar, " + message), fault.getMessage());
    assertEquals(1, fault.getMessage().lines().count());
  }

  @Test
  void groupsMayNotBeNestedWithoutEnd() {
    String gbnf = "root ::= " + "(".repeat(100_000);
    assertThrows(GrammarException.class, () -> Grammar.parse(gbnf));
  }
}
