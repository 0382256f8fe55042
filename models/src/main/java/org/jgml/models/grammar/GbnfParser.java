package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads GBNF: rules such as `list ::= "[" item ("," item)* "]"`.
final class GbnfParser {
  private static final String ROOT = "root";
  private static final int MOST_NESTED = 200;

  private final TextCursor cursor;
  private final Map<String, Rule> rules = new LinkedHashMap<>();
  private final Map<String, Integer> firstUses = new LinkedHashMap<>();
  private final Map<String, Integer> definitions = new LinkedHashMap<>();
  private int depth;

  private GbnfParser(String text) {
    cursor = new TextCursor(text, (position, problem) -> error(text, position, problem));
  }

  private static GrammarException error(String text, int position, String problem) {
    int line = 1;
    int column = 1;
    for (int character : text.codePoints().limit(position).toArray()) {
      column = character == '\n' ? 1 : column + 1;
      line += character == '\n' ? 1 : 0;
    }
    return new GrammarException("grammar, line %d, column %d: %s".formatted(line, column, problem));
  }

  /// The rule `root`, with all that it uses.
  ///
  /// @throws GrammarException if the text is no grammar, or one that recurses on the left or never
  ///   ends
  static Rule parse(String text) {
    GbnfParser parser = new GbnfParser(text);
    parser.parseRules();
    Rule root = parser.rules.get(ROOT);
    if (root == null) {
      throw parser.cursor.error("there is no rule named root");
    }
    parser.requireDefinitions();
    EndlessRules.refuse(parser.rules.values(), parser::definitionError);
    LeftRecursion.refuse(parser.rules.values(), parser::definitionError);
    return root;
  }

  private GrammarException definitionError(Rule rule, String problem) {
    return cursor.error(problem, definitions.get(rule.name()));
  }

  private void requireDefinitions() {
    for (Rule rule : rules.values()) {
      if (!rule.isDefined()) {
        throw cursor.error("rule '" + rule.name() + "' is not defined", firstUses.get(rule.name()));
      }
    }
  }

  private void parseRules() {
    cursor.skipSpace(true);
    while (cursor.peek() != TextCursor.END) {
      parseRule();
      cursor.skipSpace(true);
    }
  }

  private void parseRule() {
    int start = cursor.position();
    Rule rule = rule(name());
    if (rule.isDefined()) {
      throw cursor.error("rule '" + rule.name() + "' is defined twice", start);
    }
    cursor.skipSpace(false);
    if (!cursor.take("::=")) {
      throw cursor.expected("::=");
    }
    definitions.put(rule.name(), start);
    rule.define(choice(false));
    if (cursor.peek() != TextCursor.END && !TextCursor.isLineEnd(cursor.peek())) {
      throw cursor.expected("an item or the end of the rule");
    }
  }

  private Rule rule(String name) {
    return rules.computeIfAbsent(name, Rule::new);
  }

  private static boolean isNamePart(int character) {
    return character >= 'a' && character <= 'z'
        || character >= 'A' && character <= 'Z'
        || character >= '0' && character <= '9'
        || character == '-'
        || character == '_';
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    while (isNamePart(cursor.peek())) {
      name.appendCodePoint(cursor.next());
    }
    if (name.isEmpty()) {
      throw cursor.expected("a name");
    }
    return name.toString();
  }

  /// Alternatives; those of a rule end with the line unless the next begins with `|`.
  private Expression choice(boolean nested) {
    List<Expression> alternatives = new ArrayList<>();
    do {
      cursor.skipSpace(true);
      alternatives.add(sequence(nested));
    } while (takeBar());
    return alternatives.size() == 1
        ? alternatives.getFirst()
        : new Expression.Choice(List.copyOf(alternatives));
  }

  private boolean takeBar() {
    int end = cursor.position();
    cursor.skipSpace(true);
    boolean found = cursor.take("|");
    if (!found) {
      cursor.position(end);
    }
    return found;
  }

  private Expression sequence(boolean nested) {
    List<Expression> parts = new ArrayList<>();
    while (startsItem()) {
      parts.add(repeated(item()));
      cursor.skipSpace(nested);
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(List.copyOf(parts));
  }

  /// A name that `::=` follows begins the next rule.
  private boolean startsItem() {
    int character = cursor.peek();
    if (!isNamePart(character)) {
      return character == '"' || character == '[' || character == '(' || character == '.';
    }
    int start = cursor.position();
    name();
    cursor.skipSpace(false);
    boolean startsRule = cursor.take("::=");
    cursor.position(start);
    return !startsRule;
  }

  private Expression item() {
    return switch (cursor.peek()) {
      case '"' -> GbnfCharacters.literal(cursor);
      case '[' -> new Expression.Characters(GbnfCharacters.set(cursor));
      case '(' -> group();
      case '.' -> {
        cursor.next();
        yield new Expression.Characters(CodePoints.ALL);
      }
      default -> {
        firstUses.putIfAbsent(peekName(), cursor.position());
        yield new Expression.Reference(rule(name()));
      }
    };
  }

  private String peekName() {
    int start = cursor.position();
    String name = name();
    cursor.position(start);
    return name;
  }

  private Expression group() {
    if (++depth > MOST_NESTED) {
      throw cursor.error("groups nested more than " + MOST_NESTED + " deep");
    }
    cursor.next();
    Expression content = choice(true);
    cursor.skipSpace(true);
    if (!cursor.take(")")) {
      throw cursor.expected("an item or )");
    }
    depth--;
    return content;
  }

  private Expression repeated(Expression item) {
    Expression result = item;
    while (true) {
      if (cursor.take("*")) {
        result = new Expression.Repetition(result, 0, Expression.Repetition.UNLIMITED);
      } else if (cursor.take("+")) {
        result = new Expression.Repetition(result, 1, Expression.Repetition.UNLIMITED);
      } else if (cursor.take("?")) {
        result = new Expression.Repetition(result, 0, 1);
      } else if (cursor.peek() == '{') {
        result = GbnfBounds.parse(cursor).of(result);
      } else {
        return result;
      }
    }
  }
}
