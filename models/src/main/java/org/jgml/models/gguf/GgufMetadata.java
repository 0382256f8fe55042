package org.jgml.models.gguf;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;

/// The metadata of a file: values by key, in the order of the file. Immutable.
///
/// A key that is missing although it is required, or whose value has another type than the one
/// asked for, is a fault of the file: the accessors throw a [GgufException] that names the key,
/// what was expected and what was found.
public final class GgufMetadata {
  private final Path file;
  private final LinkedHashMap<String, GgufValue> values;

  GgufMetadata(Path file, Map<String, GgufValue> values) {
    this.file = file;
    this.values = new LinkedHashMap<>(values);
  }

  public SequencedSet<String> keys() {
    return Collections.unmodifiableSequencedSet(values.sequencedKeySet());
  }

  public boolean contains(String key) {
    return values.containsKey(key);
  }

  /// The value of a key, of whichever type.
  public Optional<GgufValue> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  public Optional<String> string(String key) throws GgufException {
    return find(key, "a string", GgufValueType.STRING::equals).map(GgufValue::string);
  }

  public String requireString(String key) throws GgufException {
    return require(key, "a string", string(key));
  }

  /// An integer of any integer type.
  public Optional<Long> integer(String key) throws GgufException {
    return find(key, "an integer", GgufValueType::isInteger).map(GgufValue::integer);
  }

  public long requireInteger(String key) throws GgufException {
    return require(key, "an integer", integer(key));
  }

  /// A number of any integer or floating-point type.
  public Optional<Double> number(String key) throws GgufException {
    return find(key, "a number", type -> type.isInteger() || type.isFloating())
        .map(GgufValue::number);
  }

  public double requireNumber(String key) throws GgufException {
    return require(key, "a number", number(key));
  }

  public Optional<Boolean> bool(String key) throws GgufException {
    return find(key, "a truth value", GgufValueType.BOOL::equals).map(GgufValue::bool);
  }

  public boolean requireBool(String key) throws GgufException {
    return require(key, "a truth value", bool(key));
  }

  /// An array whose elements have one of these types, or any type if none is given.
  public Optional<GgufArray> array(String key, GgufValueType... elementTypes) throws GgufException {
    String expected = arrayOf(elementTypes);
    Optional<GgufArray> array =
        find(key, expected, GgufValueType.ARRAY::equals).map(GgufValue::array);
    if (array.isPresent() && !accepts(elementTypes, array.orElseThrow().elementType())) {
      throw malformed(key, expected);
    }
    return array;
  }

  public GgufArray requireArray(String key, GgufValueType... elementTypes) throws GgufException {
    return require(key, arrayOf(elementTypes), array(key, elementTypes));
  }

  /// The exception for a value that is not what the model needs: `<file>: key <key>: expected
  /// <expected>, found <the value>`. To be thrown by the caller.
  ///
  /// @param expected a noun phrase, such as `a divisor of 128`
  public GgufException malformed(String key, String expected) {
    GgufValue value = values.get(key);
    String found = value == null ? "no such key" : value.describeType() + " " + value;
    return new GgufException(file, "key " + key, "expected " + expected + ", found " + found);
  }

  private Optional<GgufValue> find(String key, String expected, Predicate<GgufValueType> accepted)
      throws GgufException {
    GgufValue value = values.get(key);
    if (value != null && !accepted.test(value.type())) {
      throw malformed(key, expected);
    }
    return Optional.ofNullable(value);
  }

  private <T> T require(String key, String expected, Optional<T> value) throws GgufException {
    return value.orElseThrow(() -> malformed(key, expected));
  }

  private static boolean accepts(GgufValueType[] elementTypes, GgufValueType found) {
    return elementTypes.length == 0 || Arrays.asList(elementTypes).contains(found);
  }

  private static String arrayOf(GgufValueType[] elementTypes) {
    return elementTypes.length == 0
        ? "an array"
        : "an array of "
            + String.join(" or ", Arrays.stream(elementTypes).map(Enum::name).toList());
  }
}
