package org.jgml.models.chat.jinja;

import java.util.List;

/// The variable `loop` of a loop: how far it has come.
final class LoopValue implements Value {
  private final List<Value> items;
  private int index;
  private List<Value> lastChecked;

  LoopValue(List<Value> items) {
    this.items = items;
  }

  void advanceTo(int newIndex) {
    index = newIndex;
  }

  int length() {
    return items.size();
  }

  int position() {
    return index + 1;
  }

  /// A member of the variable, undefined if there is none of the name.
  Value attribute(String name) {
    return switch (name) {
      case "index" -> IntegerValue.of(position());
      case "index0" -> IntegerValue.of(index);
      case "revindex" -> IntegerValue.of(items.size() - index);
      case "revindex0" -> IntegerValue.of(items.size() - index - 1);
      case "first" -> BooleanValue.of(index == 0);
      case "last" -> BooleanValue.of(index == items.size() - 1);
      case "length" -> IntegerValue.of(items.size());
      case "depth" -> IntegerValue.of(1);
      case "depth0" -> IntegerValue.of(0);
      case "previtem" -> neighbour(index - 1, "there is no previous item");
      case "nextitem" -> neighbour(index + 1, "there is no next item");
      case "cycle" -> new CallableValue("cycle", this::cycle);
      case "changed" -> new CallableValue("changed", this::changed);
      default -> UndefinedValue.attribute(this, name);
    };
  }

  private Value neighbour(int at, String otherwise) {
    return at >= 0 && at < items.size() ? items.get(at) : new UndefinedValue(otherwise);
  }

  private Value cycle(Arguments arguments) {
    List<Value> values = arguments.positional();
    if (values.isEmpty()) {
      throw new EvaluationException("no items for cycling given");
    }
    return values.get(index % values.size());
  }

  private Value changed(Arguments arguments) {
    List<Value> values = arguments.positional();
    boolean changed =
        lastChecked == null
            || !Comparing.areEqual(SequenceValue.list(values), SequenceValue.list(lastChecked));
    lastChecked = values;
    return BooleanValue.of(changed);
  }

  @Override
  public String typeName() {
    return "LoopContext";
  }

  @Override
  public boolean isTrue() {
    return !items.isEmpty();
  }
}
