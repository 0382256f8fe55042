package org.jgml.models.chat.jinja;

/// The escapes of a Python string literal.
final class StringEscapes {
  private static final int MAX_OCTAL_DIGITS = 3;

  private final String body;
  private final StringBuilder decoded = new StringBuilder();
  private int at;

  private StringEscapes(String body) {
    this.body = body;
  }

  /// The text that the inside of a literal stands for.
  ///
  /// @throws EvaluationException if an escape is cut short or names no character
  static String decode(String body) {
    return body.indexOf('\\') < 0 ? body : new StringEscapes(body).run();
  }

  private String run() {
    while (at < body.length()) {
      char next = body.charAt(at++);
      if (next == '\\') {
        escape(body.charAt(at++));
      } else {
        decoded.append(next);
      }
    }
    return decoded.toString();
  }

  private void escape(char escaped) {
    switch (escaped) {
      case '\n' -> {}
      case '\\', '\'', '"' -> decoded.append(escaped);
      case 'a' -> decoded.append('\u0007');
      case 'b' -> decoded.append('\b');
      case 'f' -> decoded.append('\f');
      case 'n' -> decoded.append('\n');
      case 'r' -> decoded.append('\r');
      case 't' -> decoded.append('\t');
      case 'v' -> decoded.append('\u000B');
      case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
      case 'x' -> hexadecimal(2);
      case 'u' -> hexadecimal(4);
      case 'U' -> hexadecimal(8);
      case 'N' -> named();
      default -> decoded.append('\\').append(escaped);
    }
  }

  private void octal() {
    int begin = --at;
    while (at < body.length()
        && at < begin + MAX_OCTAL_DIGITS
        && Character.digit(body.charAt(at), 8) >= 0) {
      at++;
    }
    decoded.appendCodePoint(Integer.parseInt(body.substring(begin, at), 8));
  }

  private void hexadecimal(int digits) {
    int end = at + digits;
    boolean complete =
        end <= body.length()
            && body.substring(at, end).chars().allMatch(c -> Character.digit(c, 16) >= 0);
    long codePoint = complete ? Long.parseLong(body.substring(at, end), 16) : -1;
    if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
      throw new EvaluationException("the string has a malformed '\\" + body.charAt(at - 1) + "'");
    }
    decoded.appendCodePoint((int) codePoint);
    at = end;
  }

  private void named() {
    int end = body.indexOf('}', at);
    if (!body.startsWith("{", at) || end < 0) {
      throw new EvaluationException("the string has a malformed '\\N'");
    }
    try {
      decoded.appendCodePoint(Character.codePointOf(body.substring(at + 1, end)));
    } catch (IllegalArgumentException _) {
      throw new EvaluationException("no character has the name " + body.substring(at + 1, end));
    }
    at = end + 1;
  }
}
