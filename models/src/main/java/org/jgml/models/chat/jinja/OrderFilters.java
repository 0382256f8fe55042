package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Filters that order items or find equal ones, texts by default without regard to case.
final class OrderFilters {
  private OrderFilters() {}

  static void addTo(Map<String, Filter> table) {
    table.put(
        "sort", Filter.of("sort", OrderFilters::sort, "reverse", "case_sensitive", "attribute"));
    table.put(
        "dictsort",
        Filter.of("dictsort", OrderFilters::dictSort, "case_sensitive", "by", "reverse"));
    table.put("unique", Filter.of("unique", OrderFilters::unique, "case_sensitive", "attribute"));
    table.put("min", Filter.of("min", (v, a) -> extreme(v, a, 1), "case_sensitive", "attribute"));
    table.put("max", Filter.of("max", (v, a) -> extreme(v, a, -1), "case_sensitive", "attribute"));
    table.put(
        "groupby",
        Filter.of("groupby", OrderFilters::groupBy, "attribute", "default", "case_sensitive"));
  }

  private static Value comparable(Value value, BoundArguments arguments) {
    boolean ignoresCase = !arguments.truthOr("case_sensitive", false);
    return ignoresCase && value instanceof TextValue(String text, _)
        ? new TextValue(Texts.lower(text))
        : value;
  }

  private static List<Value> sorted(
      List<Value> items, Function<Value, Value> key, boolean reverse) {
    Comparator<Value> order = (a, b) -> Comparing.compare(key.apply(a), key.apply(b), "<");
    return items.stream().sorted(reverse ? order.reversed() : order).toList();
  }

  private static Value sort(Value value, BoundArguments arguments) {
    List<AttributePath> paths =
        arguments.valueOr("attribute", NoneValue.NONE) instanceof TextValue(String text, _)
            ? Stream.of(text.split(",", -1))
                .map(path -> AttributePath.of(new TextValue(path)))
                .toList()
            : List.of(AttributePath.of(arguments.valueOr("attribute", NoneValue.NONE)));
    Function<Value, Value> key =
        item ->
            SequenceValue.list(
                paths.stream().map(path -> comparable(path.find(item), arguments)).toList());
    return SequenceValue.list(
        sorted(Iteration.items(value), key, arguments.truthOr("reverse", false)));
  }

  private static Value dictSort(Value value, BoundArguments arguments) {
    if (!(value instanceof MapValue map)) {
      throw new EvaluationException("dictsort needs a dict, not '" + value.typeName() + "'");
    }
    IntegerValue part =
        switch (arguments.textOr("by", "key")) {
          case "key" -> IntegerValue.of(0);
          case "value" -> IntegerValue.of(1);
          default -> throw new EvaluationException("dictsort sorts by 'key' or 'value'");
        };
    Function<Value, Value> key = pair -> comparable(Lookup.item(pair, part), arguments);
    return SequenceValue.list(sorted(map.pairs(), key, arguments.truthOr("reverse", false)));
  }

  private static Value unique(Value value, BoundArguments arguments) {
    AttributePath path = AttributePath.of(arguments.valueOr("attribute", NoneValue.NONE));
    Set<Object> known = new HashSet<>();
    List<Value> items = new ArrayList<>();
    for (Value item : Iteration.items(value)) {
      if (known.add(Keys.identity(comparable(path.find(item), arguments)))) {
        items.add(item);
      }
    }
    return GeneratorValue.of(items);
  }

  private static Value extreme(Value value, BoundArguments arguments, int sign) {
    AttributePath path = AttributePath.of(arguments.valueOr("attribute", NoneValue.NONE));
    Function<Value, Value> key = item -> comparable(path.find(item), arguments);
    Comparator<Value> order = (a, b) -> sign * Comparing.compare(key.apply(a), key.apply(b), "<");
    return Iteration.items(value).stream()
        .min(order)
        .orElse(new UndefinedValue("no aggregated item, the sequence is empty"));
  }

  private static Value groupBy(Value value, BoundArguments arguments) {
    AttributePath path = AttributePath.of(arguments.value("attribute"));
    Value otherwise = arguments.valueOr("default", NoneValue.NONE);
    Function<Value, Value> key = item -> comparable(path.find(item, otherwise), arguments);
    List<Value> groups = new ArrayList<>();
    List<Value> group = new ArrayList<>();
    for (Value item : sorted(Iteration.items(value), key, false)) {
      if (!group.isEmpty() && !Comparing.areEqual(key.apply(group.getFirst()), key.apply(item))) {
        groups.add(group(path.find(group.getFirst(), otherwise), group));
        group = new ArrayList<>();
      }
      group.add(item);
    }
    if (!group.isEmpty()) {
      groups.add(group(path.find(group.getFirst(), otherwise), group));
    }
    return SequenceValue.list(groups);
  }

  private static Value group(Value key, List<Value> items) {
    return SequenceValue.pair(key, SequenceValue.list(items));
  }
}
