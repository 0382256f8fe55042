package org.jgml.models.chat.jinja;

/// The methods of Python's `str` that look for a text: in all of it, or between two indices.
final class TextSearch {
  private TextSearch() {}

  /// The index of the first or last occurrence, or -1.
  static Value find(String text, Arguments arguments, boolean last) {
    BoundArguments bound = arguments.bind("find", "sub", "start", "end");
    String wanted = bound.text("sub");
    String part = part(text, bound);
    int found = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    int skipped = CodePoints.clamp(bound.integerOr("start", 0), CodePoints.length(text));
    return IntegerValue.of(found < 0 ? -1 : skipped + part.codePointCount(0, found));
  }

  /// As [#find], but it must be there.
  static Value index(String text, Arguments arguments, boolean last) {
    Value found = find(text, arguments, last);
    if (found.equals(IntegerValue.of(-1))) {
      throw new EvaluationException("substring not found");
    }
    return found;
  }

  static Value count(String text, Arguments arguments) {
    BoundArguments bound = arguments.bind("count", "sub", "start", "end");
    return IntegerValue.of(Texts.count(part(text, bound), bound.text("sub")));
  }

  private static String part(String text, BoundArguments bound) {
    return CodePoints.part(
        text, bound.integerOr("start", 0), bound.integerOr("end", Integer.MAX_VALUE));
  }
}
