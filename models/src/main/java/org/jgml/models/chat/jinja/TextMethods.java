package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The methods of Python's `str` that templates may call.
final class TextMethods {
  /// What a method does.
  @FunctionalInterface
  private interface Method {
    Value call(String text, Arguments arguments);
  }

  private static final Map<String, Method> TABLE =
      Map.ofEntries(
          operation("upper", Texts::upper),
          operation("lower", Texts::lower),
          operation("casefold", text -> Texts.lower(Texts.upper(text))),
          operation("title", Texts::title),
          operation("capitalize", Texts::capitalize),
          Map.entry("strip", (text, arguments) -> strip(text, arguments, true, true)),
          Map.entry("lstrip", (text, arguments) -> strip(text, arguments, true, false)),
          Map.entry("rstrip", (text, arguments) -> strip(text, arguments, false, true)),
          Map.entry("split", (text, arguments) -> split(text, arguments, false)),
          Map.entry("rsplit", (text, arguments) -> split(text, arguments, true)),
          Map.entry("splitlines", TextMethods::splitLines),
          Map.entry("partition", (text, arguments) -> partition(text, arguments, false)),
          Map.entry("rpartition", (text, arguments) -> partition(text, arguments, true)),
          Map.entry("startswith", (text, arguments) -> affix(text, arguments, true)),
          Map.entry("endswith", (text, arguments) -> affix(text, arguments, false)),
          Map.entry("removeprefix", (text, arguments) -> remove(text, arguments, true)),
          Map.entry("removesuffix", (text, arguments) -> remove(text, arguments, false)),
          Map.entry("replace", TextMethods::replace),
          Map.entry("join", TextMethods::join),
          Map.entry("format", TextMethods::format),
          Map.entry("find", (text, arguments) -> TextSearch.find(text, arguments, false)),
          Map.entry("rfind", (text, arguments) -> TextSearch.find(text, arguments, true)),
          Map.entry("index", (text, arguments) -> TextSearch.index(text, arguments, false)),
          Map.entry("rindex", (text, arguments) -> TextSearch.index(text, arguments, true)),
          Map.entry("count", TextSearch::count),
          Map.entry("ljust", (text, arguments) -> pad(text, arguments, Alignment.LEFT)),
          Map.entry("rjust", (text, arguments) -> pad(text, arguments, Alignment.RIGHT)),
          Map.entry("center", (text, arguments) -> pad(text, arguments, Alignment.CENTER)),
          Map.entry("zfill", TextMethods::fillWithZeros),
          predicate("isdigit", text -> all(text, Character::isDigit)),
          predicate("isdecimal", text -> all(text, Character::isDigit)),
          predicate("isnumeric", text -> all(text, Character::isDigit)),
          predicate("isalpha", text -> all(text, Character::isLetter)),
          predicate("isalnum", text -> all(text, Character::isLetterOrDigit)),
          predicate("isspace", text -> all(text, Characters::isSpace)),
          predicate("isupper", TextMethods::isUpper),
          predicate("islower", TextMethods::isLower));

  private TextMethods() {}

  private static Map.Entry<String, Method> operation(String name, UnaryOperator<String> body) {
    return plain(name, text -> new TextValue(body.apply(text)));
  }

  private static Map.Entry<String, Method> predicate(String name, Predicate<String> body) {
    return plain(name, text -> BooleanValue.of(body.test(text)));
  }

  private static Map.Entry<String, Method> plain(String name, Function<String, Value> body) {
    return Map.entry(
        name,
        (text, arguments) -> {
          arguments.bind(name);
          return body.apply(text);
        });
  }

  /// A method bound to a text, or null if there is none of the name.
  static Value find(String text, String name) {
    Method method = TABLE.get(name);
    return method == null
        ? null
        : new CallableValue(name, arguments -> method.call(text, arguments));
  }

  private static Value strip(String text, Arguments arguments, boolean atBegin, boolean atEnd) {
    String characters = arguments.bind("strip", "chars").textOr("chars", null);
    return new TextValue(Texts.strip(text, characters, atBegin, atEnd));
  }

  private static Value split(String text, Arguments arguments, boolean fromEnd) {
    BoundArguments bound = arguments.bind("split", "sep", "maxsplit");
    String separator = bound.textOr("sep", null);
    int limit = bound.integerOr("maxsplit", -1);
    if (separator == null) {
      return Texts.list(fromEnd ? Texts.wordsFromEnd(text, limit) : Texts.words(text, limit));
    }
    requireSeparator(separator);
    return Texts.list(
        fromEnd ? Texts.splitFromEnd(text, separator, limit) : Texts.split(text, separator, limit));
  }

  private static void requireSeparator(String separator) {
    if (separator.isEmpty()) {
      throw new EvaluationException("empty separator");
    }
  }

  private static Value splitLines(String text, Arguments arguments) {
    boolean keeps = arguments.bind("splitlines", "keepends").truthOr("keepends", false);
    return Texts.list(Texts.lines(text, keeps));
  }

  private static Value partition(String text, Arguments arguments, boolean fromEnd) {
    String separator = arguments.bind("partition", "sep").text("sep");
    requireSeparator(separator);
    int at = fromEnd ? text.lastIndexOf(separator) : text.indexOf(separator);
    Stream<String> parts =
        at < 0
            ? (fromEnd ? Stream.of("", "", text) : Stream.of(text, "", ""))
            : Stream.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    return new SequenceValue(SequenceValue.Kind.TUPLE, parts.<Value>map(TextValue::new).toList());
  }

  private static Value affix(String text, Arguments arguments, boolean atBegin) {
    String name = atBegin ? "startswith" : "endswith";
    BoundArguments bound = arguments.bind(name, "affix", "start", "end");
    String part =
        CodePoints.part(
            text, bound.integerOr("start", 0), bound.integerOr("end", Integer.MAX_VALUE));
    List<Value> affixes =
        bound.value("affix") instanceof SequenceValue sequence
                && sequence.kind() == SequenceValue.Kind.TUPLE
            ? sequence.items()
            : List.of(bound.value("affix"));
    return BooleanValue.of(
        affixes.stream()
            .map(affix -> Texts.require(affix, name))
            .anyMatch(affix -> atBegin ? part.startsWith(affix) : part.endsWith(affix)));
  }

  private static Value remove(String text, Arguments arguments, boolean atBegin) {
    String affix = arguments.bind("remove", "affix").text("affix");
    if (atBegin) {
      return new TextValue(text.startsWith(affix) ? text.substring(affix.length()) : text);
    }
    int end = text.length() - affix.length();
    return new TextValue(text.endsWith(affix) ? text.substring(0, end) : text);
  }

  private static Value replace(String text, Arguments arguments) {
    BoundArguments bound = arguments.bind("replace", "old", "new", "count");
    return new TextValue(
        Texts.replace(text, bound.text("old"), bound.text("new"), bound.integerOr("count", -1)));
  }

  private static Value join(String separator, Arguments arguments) {
    List<Value> items = Iteration.items(arguments.bind("join", "items").value("items"));
    return Texts.join(separator, items.stream().map(item -> Texts.require(item, "join")).toList());
  }

  private static Value format(String text, Arguments arguments) {
    return new TextValue(BraceFormat.format(text, arguments));
  }

  private static Value pad(String text, Arguments arguments, Alignment alignment) {
    BoundArguments bound = arguments.bind("just", "width", "fillchar");
    String fill = bound.textOr("fillchar", " ");
    if (CodePoints.length(fill) != 1) {
      throw new EvaluationException("the fill character must be one character");
    }
    return new TextValue(alignment.pad(text, bound.integerOr("width", 0), fill));
  }

  private static Value fillWithZeros(String text, Arguments arguments) {
    int width = arguments.bind("zfill", "width").integerOr("width", 0);
    return new TextValue(Alignment.AFTER_SIGN.pad(text, width, "0"));
  }

  private static boolean all(String text, IntPredicate predicate) {
    return !text.isEmpty() && text.codePoints().allMatch(predicate);
  }

  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }
}
