package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/// Cuts a template into tokens and applies white-space control.
///
/// As transformers sets Jinja up: the line break after a statement or comment is dropped
/// (`trim_blocks`), and so is the indentation in front of one (`lstrip_blocks`). `-` inside a tag
/// strips all white space on its side, `+` none.
final class Lexer {
  private final SourceText source;
  private final TagLexer tags;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(SourceText source) {
    this.source = source;
    this.tags = new TagLexer(source, tokens);
  }

  /// The tokens of a template, an [TokenKind#END] last.
  ///
  /// @throws JinjaException if a tag is not closed, or contains what is no token
  static List<Token> tokens(String template) {
    Lexer lexer = new Lexer(new SourceText(template));
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    for (int open = nextTag(at); open >= 0; open = nextTag(at)) {
      tag(open);
    }
    text(at, source.length());
    tokens.add(new Token(TokenKind.END, "", source.position(source.length())));
  }

  private int nextTag(int from) {
    for (int open = source.text().indexOf('{', from);
        open >= 0;
        open = source.text().indexOf('{', open + 1)) {
      if (open + 1 < source.length() && "%{#".indexOf(source.at(open + 1)) >= 0) {
        return open;
      }
    }
    return -1;
  }

  private void tag(int open) {
    char marker = source.at(open + 1);
    text(at, textEnd(open, marker != '{'));
    int body = open + 2 + (sign(open + 2) == 0 ? 0 : 1);
    int raw = marker == '%' ? afterKeyword(body, "raw", false) : -1;
    if (raw >= 0) {
      raw(open, raw);
    } else if (marker == '#') {
      comment(open, body);
    } else {
      at = tags.lex(open, body, marker == '{');
    }
  }

  private void text(int begin, int end) {
    if (begin < end) {
      String text = source.text().substring(begin, end);
      tokens.add(new Token(TokenKind.TEXT, text, source.position(begin)));
    }
  }

  /// Where the text in front of a tag ends.
  private int textEnd(int open, boolean stripsIndentation) {
    char sign = sign(open + 2);
    if (sign == '-') {
      return afterLast(open, false);
    }
    int lineEnd = afterLast(open, true);
    boolean indented = stripsIndentation && sign != '+' && source.beginsLine(lineEnd);
    return indented ? lineEnd : open;
  }

  /// The end of the last non-space, or else line break, between [#at] and an offset.
  private int afterLast(int offset, boolean stopsAtLineBreak) {
    int end = offset;
    while (end > at
        && Characters.isSpace(source.at(end - 1))
        && !(stopsAtLineBreak && source.at(end - 1) == '\n')) {
      end--;
    }
    return end;
  }

  private char sign(int offset) {
    boolean signed = offset < source.length() && "+-".indexOf(source.at(offset)) >= 0;
    return signed ? source.at(offset) : 0;
  }

  private void comment(int open, int body) {
    int close = source.text().indexOf("#}", body);
    if (close < 0) {
      throw new JinjaException(source.position(open), "the comment has no end, '#}'");
    }
    char sign = close > body ? sign(close - 1) : 0;
    at = tags.afterClosing(close + 2, sign, true);
  }

  /// Takes everything up to `{% endraw %}` as text.
  private void raw(int open, int body) {
    at = body;
    for (int end = source.text().indexOf("{%", body);
        end >= 0;
        end = source.text().indexOf("{%", end + 2)) {
      int keyword = end + 2 + (sign(end + 2) == 0 ? 0 : 1);
      int after = afterKeyword(keyword, "endraw", true);
      if (after >= 0) {
        text(at, textEnd(end, true));
        at = after;
        return;
      }
    }
    throw new JinjaException(source.position(open), "'raw' has no end, '{% endraw %}'");
  }

  /// The offset after a keyword and the end of its tag, or -1 if that is not what is there.
  private int afterKeyword(int offset, String keyword, boolean trimsLineBreak) {
    int begin = source.skipSpace(offset);
    if (!source.startsWith(keyword, begin)) {
      return -1;
    }
    int close = source.skipSpace(begin + keyword.length());
    char sign = sign(close);
    int marker = sign == '-' || (sign == '+' && trimsLineBreak) ? close + 1 : close;
    return source.startsWith("%}", marker)
        ? tags.afterClosing(marker + 2, marker == close ? 0 : sign, trimsLineBreak)
        : -1;
  }
}
