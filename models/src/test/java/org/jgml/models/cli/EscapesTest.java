package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class EscapesTest {
  @Test
  void escapesStandForCharacters() {
    assertEquals("a\nb\r\tc", Escapes.resolve("a\\nb\\r\\tc"));
    assertEquals("'\"\\n", Escapes.resolve("\\'\\\"\\\\n"));
  }

  @Test
  void bytesAreThoseOfUtf8() {
    assertEquals("10 € A", Escapes.resolve("10 \\xE2\\x82\\xac \\x41"));
    assertEquals("\uFFFD", Escapes.resolve("\\xE2"));
  }

  @Test
  void otherBackslashesStay() {
    assertEquals("C:\\dir \\x4 \\", Escapes.resolve("C:\\dir \\x4 \\"));
    assertEquals("$1 \\d", Escapes.resolve("$1 \\d"));
  }
}
