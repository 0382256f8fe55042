package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Filters of lists, dicts and other values with items.
final class SequenceFilters {
  private SequenceFilters() {}

  static void addTo(Map<String, Filter> table) {
    table.put("length", Filter.plain("length", v -> IntegerValue.of(Iteration.length(v))));
    table.put("count", table.get("length"));
    table.put("first", Filter.plain("first", SequenceFilters::first));
    table.put("last", Filter.plain("last", SequenceFilters::last));
    table.put("list", Filter.plain("list", v -> SequenceValue.list(Iteration.items(v))));
    table.put("reverse", Filter.plain("reverse", SequenceFilters::reverse));
    table.put("items", Filter.plain("items", SequenceFilters::items));
    table.put("join", Filter.of("join", SequenceFilters::join, "d", "attribute"));
    table.put("sum", Filter.of("sum", SequenceFilters::sum, "attribute", "start"));
    table.put("batch", Filter.of("batch", SequenceFilters::batch, "linecount", "fill_with"));
    table.put("slice", Filter.of("slice", SequenceFilters::slice, "slices", "fill_with"));
  }

  private static Value first(Value value) {
    if (value instanceof GeneratorValue generator) {
      return generator.remaining().hasNext() ? generator.remaining().next() : none("first");
    }
    List<Value> items = Iteration.items(value);
    return items.isEmpty() ? none("first") : items.getFirst();
  }

  private static Value last(Value value) {
    requireReversible(value);
    List<Value> items = Iteration.items(value);
    return items.isEmpty() ? none("last") : items.getLast();
  }

  private static Value none(String which) {
    return new UndefinedValue("no " + which + " item, the sequence is empty");
  }

  private static void requireReversible(Value value) {
    if (value instanceof GeneratorValue) {
      throw new EvaluationException("'generator' object is not reversible");
    }
  }

  private static Value reverse(Value value) {
    if (value instanceof TextValue(String text, _)) {
      int[] codePoints = text.codePoints().toArray();
      int[] indices = new int[codePoints.length];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = indices.length - 1 - i;
      }
      return new TextValue(CodePoints.select(text, indices));
    }
    List<Value> items = new ArrayList<>(Iteration.items(value));
    Collections.reverse(items);
    return value instanceof GeneratorValue ? SequenceValue.list(items) : GeneratorValue.of(items);
  }

  private static Value items(Value value) {
    return switch (value) {
      case MapValue map -> GeneratorValue.of(map.pairs());
      case UndefinedValue _ -> GeneratorValue.of(List.of());
      default -> throw new EvaluationException("can only get item pairs from a mapping");
    };
  }

  private static Value join(Value value, BoundArguments arguments) {
    String separator = Printing.str(arguments.valueOr("d", TextValue.EMPTY));
    AttributePath path = AttributePath.of(arguments.valueOr("attribute", NoneValue.NONE));
    List<String> texts =
        Iteration.items(value).stream().map(item -> Printing.str(path.find(item))).toList();
    return Texts.join(separator, texts);
  }

  private static Value sum(Value value, BoundArguments arguments) {
    AttributePath path = AttributePath.of(arguments.valueOr("attribute", NoneValue.NONE));
    Value sum = arguments.valueOr("start", IntegerValue.of(0));
    for (Value item : Iteration.items(value)) {
      sum = Arithmetic.apply(ArithmeticOperator.ADD, sum, path.find(item));
    }
    return sum;
  }

  private static Value batch(Value value, BoundArguments arguments) {
    List<Value> items = Iteration.items(value);
    int size = positive(arguments, "linecount");
    List<Value> batches = new ArrayList<>();
    for (int begin = 0; begin < items.size(); begin += size) {
      List<Value> batch =
          new ArrayList<>(items.subList(begin, Math.min(items.size(), begin + size)));
      fill(batch, size, arguments);
      batches.add(SequenceValue.list(batch));
    }
    return GeneratorValue.of(batches);
  }

  private static Value slice(Value value, BoundArguments arguments) {
    List<Value> items = Iteration.items(value);
    int count = positive(arguments, "slices");
    List<Value> slices = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < count; i++) {
      int end = begin + items.size() / count + (i < items.size() % count ? 1 : 0);
      List<Value> slice = new ArrayList<>(items.subList(begin, end));
      fill(slice, i < items.size() % count ? 0 : slice.size() + 1, arguments);
      slices.add(SequenceValue.list(slice));
      begin = end;
    }
    return GeneratorValue.of(slices);
  }

  private static int positive(BoundArguments arguments, String name) {
    arguments.value(name);
    int number = arguments.integerOr(name, 0);
    if (number <= 0 || number > SequenceValue.MAX_LENGTH) {
      throw new EvaluationException(
          "%s needs a '%s' from 1 to %d, got %d"
              .formatted(arguments.function(), name, SequenceValue.MAX_LENGTH, number));
    }
    return number;
  }

  private static void fill(List<Value> items, int size, BoundArguments arguments) {
    Value filler = arguments.valueOr("fill_with", NoneValue.NONE);
    while (filler != NoneValue.NONE && items.size() < size) {
      items.add(filler);
    }
  }
}
