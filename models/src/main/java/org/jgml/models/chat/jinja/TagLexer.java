package org.jgml.models.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Cuts the inside of a tag, an expression or statement, into tokens.
final class TagLexer {
  /// Longer ones first.
  private static final List<String> OPERATORS =
      Stream.of("// ** == != >= <= + - / * % ~ [ ] ( ) { } > < = . : | , ;".split(" ")).toList();

  private static final int MAX_DIGITS = 4300;

  private final SourceText source;
  private final List<Token> tokens;
  private final Deque<String> closing = new ArrayDeque<>();
  private int at;

  TagLexer(SourceText source, List<Token> tokens) {
    this.source = source;
    this.tokens = tokens;
  }

  /// Adds the tokens of a tag.
  ///
  /// @param open where the tag begins
  /// @param body where its inside begins
  /// @return the offset after the tag and the white space that it strips
  int lex(int open, int body, boolean isPrint) {
    add(isPrint ? TokenKind.PRINT_BEGIN : TokenKind.STATEMENT_BEGIN, "", open);
    closing.clear();
    at = source.skipSpace(body);
    while (at < source.length()) {
      int end = closing.isEmpty() ? end(isPrint) : -1;
      if (end >= 0) {
        add(isPrint ? TokenKind.PRINT_END : TokenKind.STATEMENT_END, "", at);
        return end;
      }
      token();
      at = source.skipSpace(at);
    }
    throw new JinjaException(
        source.position(open), "the tag has no end, '" + (isPrint ? "}}'" : "%}'"));
  }

  private int end(boolean isPrint) {
    char sign = source.at(at);
    boolean signed = sign == '-' || (sign == '+' && !isPrint);
    int marker = signed ? at + 1 : at;
    if (!source.startsWith(isPrint ? "}}" : "%}", marker)) {
      return -1;
    }
    return afterClosing(marker + 2, signed ? sign : 0, !isPrint);
  }

  /// The offset after the end of a tag and what it strips: with `-` all white space, with `+`
  /// nothing, else one line break.
  int afterClosing(int offset, char sign, boolean trimsLineBreak) {
    if (sign == '-') {
      return source.skipSpace(offset);
    }
    return trimsLineBreak && sign != '+' && source.startsWith("\n", offset) ? offset + 1 : offset;
  }

  private void token() {
    char first = source.at(at);
    if (Characters.isDecimalDigit(first)) {
      number();
    } else if (Characters.isNameStart(source.text().codePointAt(at))) {
      name();
    } else if (first == '\'' || first == '"') {
      string(first);
    } else {
      operator();
    }
  }

  private void add(TokenKind kind, String text, int begin) {
    tokens.add(new Token(kind, text, source.position(begin)));
  }

  private void name() {
    int begin = at;
    while (at < source.length() && Characters.isNamePart(source.text().codePointAt(at))) {
      at += Character.charCount(source.text().codePointAt(at));
    }
    add(TokenKind.NAME, source.text().substring(begin, at), begin);
  }

  private void string(char quote) {
    int begin = at++;
    while (at < source.length() && source.at(at) != quote) {
      at += source.at(at) == '\\' ? 2 : 1;
    }
    if (at >= source.length()) {
      throw new JinjaException(source.position(begin), "the string has no end, " + quote);
    }
    String body = source.text().substring(begin + 1, at++);
    try {
      add(TokenKind.STRING, StringEscapes.decode(body), begin);
    } catch (EvaluationException malformed) {
      throw malformed.at(source.position(begin));
    }
  }

  private void operator() {
    String operator = operatorHere();
    switch (operator) {
      case "(" -> closing.push(")");
      case "[" -> closing.push("]");
      case "{" -> closing.push("}");
      case ")", "]", "}" -> close(operator);
      default -> {}
    }
    add(TokenKind.OPERATOR, operator, at);
    at += operator.length();
  }

  private String operatorHere() {
    return OPERATORS.stream()
        .filter(operator -> source.startsWith(operator, at))
        .findFirst()
        .orElseThrow(this::unexpected);
  }

  private JinjaException unexpected() {
    String character = Character.toString(source.text().codePointAt(at));
    return new JinjaException(source.position(at), "unexpected character '" + character + "'");
  }

  private void close(String bracket) {
    if (!bracket.equals(closing.peek())) {
      String wanted = closing.isEmpty() ? "" : ", expected '" + closing.peek() + "'";
      throw new JinjaException(source.position(at), "unexpected '" + bracket + "'" + wanted);
    }
    closing.pop();
  }

  private void number() {
    int begin = at;
    Optional<BigInteger> prefixed = prefixedInteger();
    if (prefixed.isPresent()) {
      add(TokenKind.INTEGER, prefixed.orElseThrow().toString(), begin);
      return;
    }
    int whole = digits(at);
    int end = exponent(fraction(whole));
    boolean floats = end > whole && !(begin > 0 && source.at(begin - 1) == '.');
    at = floats ? end : whole;
    if (at - begin > MAX_DIGITS) {
      throw new JinjaException(source.position(begin), "the number is too long");
    }
    String text = source.text().substring(begin, at).replace("_", "");
    add(floats ? TokenKind.FLOAT : TokenKind.INTEGER, text, begin);
  }

  /// An integer with a `0x`, `0o` or `0b` in front, if there is one.
  private Optional<BigInteger> prefixedInteger() {
    int radix =
        switch (at + 1 < source.length() ? Character.toLowerCase(source.at(at + 1)) : ' ') {
          case 'x' -> 16;
          case 'o' -> 8;
          case 'b' -> 2;
          default -> 0;
        };
    int end = at + 2;
    while (radix > 0 && end < source.length() && Character.digit(source.at(end), radix) >= 0) {
      end++;
    }
    if (source.at(at) != '0' || radix == 0 || end == at + 2 || end - at > MAX_DIGITS) {
      return Optional.empty();
    }
    BigInteger value = new BigInteger(source.text().substring(at + 2, end), radix);
    at = end;
    return Optional.of(value);
  }

  /// The end of the digits at an offset, which single underscores may separate.
  private int digits(int offset) {
    int end = offset;
    while (end < source.length() && isDigit(end)) {
      end++;
      if (end < source.length() && source.at(end) == '_' && isDigit(end + 1)) {
        end++;
      }
    }
    return end;
  }

  private boolean isDigit(int offset) {
    return offset < source.length() && Characters.isDecimalDigit(source.at(offset));
  }

  private int fraction(int offset) {
    return source.startsWith(".", offset) ? Math.max(offset, endAfter(offset + 1, offset)) : offset;
  }

  private int exponent(int offset) {
    if (!source.startsWith("e", offset) && !source.startsWith("E", offset)) {
      return offset;
    }
    boolean signed = source.startsWith("+", offset + 1) || source.startsWith("-", offset + 1);
    return endAfter(offset + (signed ? 2 : 1), offset);
  }

  private int endAfter(int digits, int otherwise) {
    int end = digits(digits);
    return end > digits ? end : otherwise;
  }
}
