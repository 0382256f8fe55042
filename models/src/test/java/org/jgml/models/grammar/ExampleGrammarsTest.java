package org.jgml.models.grammar;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Grammars as people write them.
final class ExampleGrammarsTest {
  static final Grammar JSON =
      Grammar.parse(
          """
          # Any JSON text.
          root   ::= value
          value  ::= object | array | string | number | ("true" | "false" | "null") ws

          object ::=
            "{" ws (
              member ("," ws member)*
            )? "}" ws
          member ::= string ":" ws value
          array  ::= "[" ws ( value ("," ws value)* )? "]" ws
          string ::= "\\"" (
              [^"\\\\\\x7F\\x00-\\x1F] |
              "\\\\" (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})
            )* "\\"" ws
          number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,3})? ws
          ws     ::= | " " | "\\n" [ \\t]{0,20}
          """);

  private static final Grammar ARITHMETIC =
      Grammar.parse(
          """
          root ::= (sum "=" number "\\n")+
          sum ::= product ([-+] product)*
          product ::= atom ([*/] atom)*
          atom ::= number | [a-z] [a-z0-9_]* | "(" sum ")"
          number ::= [0-9]+
          """);

  private static final Grammar LIST =
      Grammar.parse(
          """
          root ::= item{1,5}
          item ::= "- " [^\\r\\n\\x0b\\x0c\\x85\\u2028\\u2029]+ "\\n"
          """);

  private static final Grammar CHESS =
      Grammar.parse(
          """
          # Numbered pairs of moves: 1. e4 e5
          root ::= (number ". " move (" " move)? "\\n")+
          number ::= [1-9] [0-9]?
          move ::= (pawn | piece | castle) [+#]?
          piece ::= [NBKQR] [a-h]? [1-8]? "x"? square
          pawn ::= ([a-h] "x")? square ("=" [NBQR])?
          castle ::= "O-O" "-O"?
          square ::= [a-h] [1-8]
          """);

  private static void accepts(Grammar grammar, String... texts) {
    for (String text : texts) {
      assertTrue(grammar.matches(text), () -> "refused " + text);
    }
  }

  private static void refuses(Grammar grammar, String... texts) {
    for (String text : texts) {
      assertFalse(grammar.matches(text), () -> "accepted " + text);
    }
  }

  @Test
  void json() {
    accepts(
        JSON,
        "{}",
        "[1, -2.5e+3, true, null]",
        "{\"a\": {\"b\": [\"\\u00e9\\n\", \"日本\"]}, \"c\": false}",
        "\"\"",
        "[\n  [],\n  [[]]]");
    refuses(JSON, "", "{", "{a: 1}", "[1,]", "\"\\x\"", "01", "nul", "\"a\nb\"", "{\"a\" 1}");
  }

  @Test
  void arithmetic() {
    accepts(ARITHMETIC, "1+2*3=7\n", "(a-b_1)/((2))=0\n1=1\n");
    refuses(ARITHMETIC, "", "1+=2\n", "(1=1\n", "1=1", "A=1\n", "2==2\n");
  }

  @Test
  void list() {
    accepts(LIST, "- milk\n", "- a\n- b\n- c\n- 日本語\n- e\n");
    refuses(LIST, "", "milk\n", "- \n", "- a", "- a\n- b\n- c\n- d\n- e\n- f\n");
  }

  @Test
  void chess() {
    accepts(CHESS, "1. e4 e5\n2. Nf3 Nc6\n3. Bb5 a6\n4. O-O Nxe4+\n", "9. exd8=Q#\n");
    refuses(CHESS, "1. e9\n", "e4 e5\n", "1. Nf3 O-O-O-O\n", "1.e4\n");
  }
}
