package org.jgml.models.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Texts that a grammar allows, found by trying random pieces: what a model without any sense would
/// write.
final class RandomText {
  private static final List<String> CLOSING = List.of("\"", "]", "}", "0", "e", "l", "s");
  private static final int LONG = 200;
  private static final int TOO_LONG = 20_000;

  private final Random random;
  private final GrammarMatcher matcher;
  private final StringBuilder text = new StringBuilder();

  private RandomText(Grammar grammar, Random random) {
    this.random = random;
    this.matcher = grammar.newMatcher();
  }

  static String of(Grammar grammar, Random random) {
    return new RandomText(grammar, random).write();
  }

  private String write() {
    while (!matcher.mustEnd() && !(matcher.canEnd() && random.nextInt(4) == 0)) {
      String next = next();
      matcher.accept(next.getBytes(StandardCharsets.UTF_8));
      text.append(next);
      if (text.length() > TOO_LONG) {
        throw new AssertionError("no end: " + text);
      }
    }
    return text.toString();
  }

  private String next() {
    // A pattern may want something else first.
    if (text.length() > LONG && random.nextBoolean()) {
      for (String closing : CLOSING) {
        if (allows(closing)) {
          return closing;
        }
      }
    }
    List<String> allowed = new ArrayList<>();
    for (int character = '\n'; character < 0x7F; character++) {
      addIfAllowed(Character.toString(character), allowed);
    }
    addIfAllowed("é", allowed);
    addIfAllowed("😀", allowed);
    if (allowed.isEmpty()) {
      throw new AssertionError("nothing continues " + text);
    }
    return allowed.get(random.nextInt(allowed.size()));
  }

  private void addIfAllowed(String piece, List<String> allowed) {
    if (allows(piece)) {
      allowed.add(piece);
    }
  }

  private boolean allows(String piece) {
    return matcher.allows(piece.getBytes(StandardCharsets.UTF_8));
  }
}
