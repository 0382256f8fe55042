package org.jgml.models.chat.jinja;

/// A variable or member that is not there. It is false, empty and prints as nothing; whatever else
/// is done with it fails with its message.
record UndefinedValue(String message) implements Value {
  static UndefinedValue variable(String name) {
    return new UndefinedValue("'" + name + "' is undefined");
  }

  /// A missing member, as Jinja words it.
  static UndefinedValue attribute(Value object, String name) {
    String owner = object == NoneValue.NONE ? "None" : object.typeName() + " object";
    return new UndefinedValue("'" + owner + "' has no attribute '" + name + "'");
  }

  /// A missing item, as Jinja words it.
  static UndefinedValue item(Value object, Value key) {
    return key instanceof TextValue text
        ? attribute(object, text.text())
        : new UndefinedValue(object.typeName() + " object has no element " + Printing.repr(key));
  }

  /// The exception for using it; to be thrown by the caller.
  EvaluationException failure() {
    return new EvaluationException(message);
  }

  @Override
  public String typeName() {
    return "Undefined";
  }

  @Override
  public boolean isTrue() {
    return false;
  }
}
