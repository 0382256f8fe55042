package org.jgml.models.chat.jinja;

/// A value that a template works with, with the meaning that Python gives it. Immutable but for
/// [NamespaceValue], [GeneratorValue] and [LoopValue].
sealed interface Value
    permits NoneValue,
        BooleanValue,
        IntegerValue,
        FloatValue,
        TextValue,
        SequenceValue,
        GeneratorValue,
        MapValue,
        NamespaceValue,
        LoopValue,
        CallableValue,
        UndefinedValue {

  /// The name of its type in Python.
  String typeName();

  /// Whether Python counts it as true.
  boolean isTrue();
}
