package org.jgml.models.chat.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The functions that every template may call.
final class Functions {
  /// As many as Jinja's sandbox allows.
  private static final int MAX_RANGE = 100_000;

  private Functions() {}

  /// The functions by name.
  ///
  /// @param now what `strftime_now` tells
  static Map<String, Value> table(LocalDateTime now) {
    Map<String, Value> table = new LinkedHashMap<>();
    add(table, "range", Functions::range);
    add(table, "dict", arguments -> MapValue.ofTexts(members(arguments)));
    add(table, "namespace", arguments -> new NamespaceValue(members(arguments)));
    add(table, "raise_exception", Functions::raise);
    add(
        table,
        "strftime_now",
        arguments -> {
          String format = arguments.bind("strftime_now", "format").text("format");
          return new TextValue(TimeFormat.format(format, now));
        });
    return table;
  }

  private static void add(Map<String, Value> table, String name, CallableValue.Body body) {
    table.put(name, new CallableValue(name, body));
  }

  private static Value range(Arguments arguments) {
    int count = arguments.positional().size();
    BoundArguments bound =
        count == 1
            ? arguments.bind("range", "stop")
            : arguments.bind("range", "start", "stop", "step");
    bound.value("stop");
    int start = bound.integerOr("start", 0);
    int stop = bound.integerOr("stop", 0);
    int step = bound.integerOr("step", 1);
    if (step == 0) {
      throw new EvaluationException("range needs a step other than 0");
    }
    long length = Math.ceilDiv((long) stop - start, (long) step);
    if (length > MAX_RANGE) {
      throw new EvaluationException("range of more than " + MAX_RANGE + " items");
    }
    return new SequenceValue(
        SequenceValue.Kind.RANGE,
        IntStream.range(0, (int) Math.max(0, length))
            .<Value>mapToObj(i -> IntegerValue.of(start + (long) i * step))
            .toList());
  }

  private static Map<String, Value> members(Arguments arguments) {
    Map<String, Value> members = new LinkedHashMap<>();
    for (Value initial : arguments.positional()) {
      MapValue map = map(initial);
      map.entries().forEach((key, value) -> members.put(Texts.require(key, "dict"), value));
    }
    members.putAll(arguments.named());
    return members;
  }

  /// A dict of a dict or of pairs.
  private static MapValue map(Value value) {
    if (value instanceof MapValue map) {
      return map;
    }
    List<Map.Entry<Value, Value>> entries = new ArrayList<>();
    for (Value item : Iteration.items(value)) {
      List<Value> pair = Iteration.items(item);
      if (pair.size() != 2) {
        throw new EvaluationException("a dict is made of pairs");
      }
      entries.add(Map.entry(pair.getFirst(), pair.getLast()));
    }
    return new MapValue(entries);
  }

  private static Value raise(Arguments arguments) {
    Value message = arguments.bind("raise_exception", "message").value("message");
    throw new EvaluationException(Printing.str(message));
  }
}
