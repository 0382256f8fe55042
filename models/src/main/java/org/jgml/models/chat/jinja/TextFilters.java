package org.jgml.models.chat.jinja;

import java.util.Map;
import java.util.function.UnaryOperator;

/// Filters of texts. They take any value and work on what it prints as.
final class TextFilters {
  private static final int USUAL_INDENTATION = 4;
  private static final int USUAL_WIDTH = 80;

  private TextFilters() {}

  static void addTo(Map<String, Filter> table) {
    table.put("upper", text("upper", Texts::upper));
    table.put("lower", text("lower", Texts::lower));
    table.put("title", text("title", TextFilters::title));
    table.put("capitalize", text("capitalize", Texts::capitalize));
    table.put("string", Filter.plain("string", TextFilters::string));
    table.put("safe", Filter.plain("safe", v -> new TextValue(Printing.str(v), true)));
    table.put("escape", Filter.plain("escape", Texts::markup));
    table.put("e", table.get("escape"));
    table.put("trim", Filter.of("trim", TextFilters::trim, "chars"));
    table.put("replace", Filter.of("replace", TextFilters::replace, "old", "new", "count"));
    table.put("indent", Filter.of("indent", TextFilters::indent, "width", "first", "blank"));
    table.put("center", Filter.of("center", TextFilters::center, "width"));
    table.put("format", TextFilters::format);
    table.put("wordcount", Filter.plain("wordcount", TextFilters::countWords));
  }

  private static Filter text(String name, UnaryOperator<String> operation) {
    return Filter.plain(name, value -> new TextValue(operation.apply(Printing.str(value))));
  }

  private static Value string(Value value) {
    return value instanceof TextValue ? value : new TextValue(Printing.str(value));
  }

  private static Value trim(Value value, BoundArguments arguments) {
    String characters = arguments.textOr("chars", null);
    return new TextValue(Texts.strip(Printing.str(value), characters, true, true));
  }

  private static Value replace(Value value, BoundArguments arguments) {
    String old = Printing.str(arguments.value("old"));
    String replacement = Printing.str(arguments.value("new"));
    int count = arguments.integerOr("count", -1);
    return new TextValue(Texts.replace(Printing.str(value), old, replacement, count));
  }

  private static Value indent(Value value, BoundArguments arguments) {
    String indentation =
        arguments.valueOr("width", NoneValue.NONE) instanceof TextValue(String text, _)
            ? text
            : Alignment.LEFT.pad("", arguments.integerOr("width", USUAL_INDENTATION), " ");
    String text = Texts.require(value, "indent");
    boolean first = arguments.truthOr("first", false);
    return new TextValue(Texts.indent(text, indentation, first, arguments.truthOr("blank", false)));
  }

  private static Value center(Value value, BoundArguments arguments) {
    int width = arguments.integerOr("width", USUAL_WIDTH);
    return new TextValue(Alignment.CENTER.pad(Printing.str(value), width, " "));
  }

  /// Unlike the method `title`, a word begins only after white space, a hyphen or an opening
  /// bracket.
  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    for (int codePoint : text.codePoints().toArray()) {
      String character = Character.toString(codePoint);
      result.append(inWord ? Texts.lower(character) : Texts.upper(character));
      inWord = !Characters.isSpace(codePoint) && "-({[<".indexOf(codePoint) < 0;
    }
    return result.toString();
  }

  private static Value format(Value value, Arguments arguments) {
    Value values =
        arguments.named().isEmpty()
            ? new SequenceValue(SequenceValue.Kind.TUPLE, arguments.positional())
            : MapValue.ofTexts(arguments.named());
    return new TextValue(PercentFormat.format(Printing.str(value), values));
  }

  private static Value countWords(Value value) {
    long words =
        Printing.str(value)
            .codePoints()
            .mapToObj(c -> Characters.isNamePart(c) ? "w" : " ")
            .reduce("", (a, b) -> a.endsWith(b) ? a : a + b)
            .chars()
            .filter(c -> c == 'w')
            .count();
    return IntegerValue.of(words);
  }
}
