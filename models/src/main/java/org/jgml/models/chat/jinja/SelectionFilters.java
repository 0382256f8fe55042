package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Filters that apply other filters, tests or look-ups to each item.
final class SelectionFilters {
  private SelectionFilters() {}

  static void addTo(Map<String, Filter> table) {
    table.put("map", SelectionFilters::map);
    table.put("select", (value, arguments) -> select(value, arguments, true));
    table.put("reject", (value, arguments) -> select(value, arguments, false));
    table.put("selectattr", (value, arguments) -> selectByMember(value, arguments, true));
    table.put("rejectattr", (value, arguments) -> selectByMember(value, arguments, false));
    table.put("attr", Filter.of("attr", SelectionFilters::member, "name"));
  }

  /// The items; none of any value that is false.
  private static List<Value> items(Value value) {
    return value.isTrue() ? Iteration.items(value) : List.of();
  }

  private static Value map(Value value, Arguments arguments) {
    if (!value.isTrue()) {
      return GeneratorValue.of(List.of());
    }
    if (arguments.positional().isEmpty()) {
      BoundArguments bound = arguments.bind("map", "attribute", "default");
      AttributePath path = AttributePath.of(bound.value("attribute"));
      Value otherwise = bound.valueOr("default", NoneValue.NONE);
      return GeneratorValue.of(
          items(value).stream().map(item -> path.find(item, otherwise)).toList());
    }
    String filter = Texts.require(arguments.positional().getFirst(), "map");
    Arguments rest = arguments.without(1);
    return GeneratorValue.of(
        items(value).stream().map(item -> Filters.apply(filter, item, rest)).toList());
  }

  private static Value select(Value value, Arguments arguments, boolean wanted) {
    Predicate<Value> test = test(arguments);
    return GeneratorValue.of(
        items(value).stream().filter(item -> test.test(item) == wanted).toList());
  }

  private static Value selectByMember(Value value, Arguments arguments, boolean wanted) {
    if (!value.isTrue()) {
      return GeneratorValue.of(List.of());
    }
    if (arguments.positional().isEmpty()) {
      throw new EvaluationException("selectattr and rejectattr need the name of an attribute");
    }
    AttributePath path = AttributePath.of(arguments.positional().getFirst());
    Predicate<Value> test = test(arguments.without(1));
    return GeneratorValue.of(
        items(value).stream().filter(item -> test.test(path.find(item)) == wanted).toList());
  }

  /// The test that arguments name, or whether a value is true.
  private static Predicate<Value> test(Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      return Value::isTrue;
    }
    String name = Texts.require(arguments.positional().getFirst(), "select");
    Arguments rest = arguments.without(1);
    return item -> Tests.holds(name, item, rest);
  }

  private static Value member(Value value, BoundArguments arguments) {
    Value member = Lookup.attribute(value, arguments.text("name"));
    boolean isItem = value instanceof MapValue && !(member instanceof CallableValue);
    return isItem ? UndefinedValue.attribute(value, arguments.text("name")) : member;
  }
}
