package org.jgml.models.cli;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Escapes in texts on the command line, as llama.cpp takes them: `\n`, `\r`, `\t`, `\\`, quotes,
/// and `\x` with two digits for a byte of UTF-8. Another backslash stands for itself.
final class Escapes {
  private static final Pattern ESCAPE =
      Pattern.compile("((?:\\\\x[0-9a-fA-F]{2})+)|\\\\([nrt'\"\\\\])");

  private Escapes() {}

  static String resolve(String text) {
    return ESCAPE.matcher(text).replaceAll(escape -> Matcher.quoteReplacement(meaning(escape)));
  }

  private static String meaning(MatchResult escape) {
    if (escape.group(1) != null) {
      String digits = escape.group(1).replace("\\x", "");
      return new String(HexFormat.of().parseHex(digits), StandardCharsets.UTF_8);
    }
    return switch (escape.group(2)) {
      case "n" -> "\n";
      case "r" -> "\r";
      case "t" -> "\t";
      default -> escape.group(2);
    };
  }
}
