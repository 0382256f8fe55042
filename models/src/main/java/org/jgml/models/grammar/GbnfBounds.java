package org.jgml.models.grammar;

/// How often something repeats: `{3}`, `{3,}` or `{3,5}`.
record GbnfBounds(int least, int most) {
  private static final int LARGEST = 100_000;

  static GbnfBounds parse(TextCursor cursor) {
    int start = cursor.position();
    cursor.take("{");
    int least = number(cursor);
    int most = least;
    if (cursor.take(",")) {
      cursor.skipSpace(true);
      most = cursor.peek() == '}' ? Expression.Repetition.UNLIMITED : number(cursor);
    }
    if (!cursor.take("}")) {
      throw cursor.expected("}");
    }
    if (most < least) {
      throw cursor.error("at most %d cannot be at least %d".formatted(most, least), start);
    }
    return new GbnfBounds(least, most);
  }

  private static int number(TextCursor cursor) {
    cursor.skipSpace(true);
    if (!isDigit(cursor.peek())) {
      throw cursor.expected("a number");
    }
    int start = cursor.position();
    int number = 0;
    while (isDigit(cursor.peek())) {
      number = 10 * number + cursor.next() - '0';
      if (number > LARGEST) {
        throw cursor.error("more than " + LARGEST + " repetitions", start);
      }
    }
    cursor.skipSpace(true);
    return number;
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }

  Expression of(Expression body) {
    return new Expression.Repetition(body, least, most);
  }
}
