package org.jgml.models.chat.jinja;

import java.util.List;

/// Values in order: a list or what else Python has that is like one.
record SequenceValue(Kind kind, List<Value> items) implements Value {
  /// The Python types of sequences.
  enum Kind {
    LIST("list"),
    TUPLE("tuple"),
    RANGE("range"),
    KEYS("dict_keys"),
    VALUES("dict_values"),
    ITEMS("dict_items");

    private final String typeName;

    Kind(String typeName) {
      this.typeName = typeName;
    }

    /// Whether items can be had by index; the views of a dict have none.
    boolean isIndexed() {
      return this == LIST || this == TUPLE || this == RANGE;
    }
  }

  /// Longer ones are refused.
  static final int MAX_LENGTH = 1 << 20;

  SequenceValue {
    if (items.size() > MAX_LENGTH) {
      throw new EvaluationException("the list has more than " + MAX_LENGTH + " items");
    }
    items = List.copyOf(items);
  }

  static SequenceValue list(List<? extends Value> items) {
    return new SequenceValue(Kind.LIST, List.copyOf(items));
  }

  static SequenceValue pair(Value first, Value second) {
    return new SequenceValue(Kind.TUPLE, List.of(first, second));
  }

  @Override
  public String typeName() {
    return kind.typeName;
  }

  @Override
  public boolean isTrue() {
    return !items.isEmpty();
  }
}
