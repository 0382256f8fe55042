package org.jgml.models.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.jgml.models.gguf.GgufValueType.ARRAY;
import static org.jgml.models.gguf.GgufValueType.BOOL;
import static org.jgml.models.gguf.GgufValueType.STRING;

import java.lang.foreign.MemorySegment;
import java.util.Collection;

/// One metadata value: its type, and its bytes as they lie in a file. Immutable.
///
/// A value that was read is a view of the mapped file and ends with it. Two values are equal if
/// their types and bytes are. An accessor for another type than [#type] throws
/// [IllegalStateException]; [GgufMetadata] has accessors that refuse a wrong file instead.
public final class GgufValue {
  private static final int LONGEST_EXCERPT = 200;

  private final GgufValueType type;
  private final MemorySegment bytes;

  GgufValue(GgufValueType type, MemorySegment bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  public static GgufValue of(String value) {
    byte[] text = value.getBytes(UTF_8);
    MemorySegment bytes = allocate(Long.BYTES + (long) text.length);
    putString(bytes, 0, text);
    return new GgufValue(STRING, bytes);
  }

  public static GgufValue of(boolean value) {
    return ofInteger(BOOL, value ? 1 : 0);
  }

  /// @throws IllegalArgumentException if the type cannot hold the value
  public static GgufValue ofInteger(GgufValueType type, long value) {
    MemorySegment bytes = allocate(type.bytes());
    type.putInteger(bytes, 0, value);
    return new GgufValue(type, bytes);
  }

  /// @param type FLOAT32, which rounds the value, or FLOAT64
  public static GgufValue ofNumber(GgufValueType type, double value) {
    MemorySegment bytes = allocate(type.bytes());
    type.putNumber(bytes, 0, value);
    return new GgufValue(type, bytes);
  }

  public static GgufValue ofStrings(Collection<String> values) {
    byte[][] texts = values.stream().map(value -> value.getBytes(UTF_8)).toArray(byte[][]::new);
    long length = 0;
    for (byte[] text : texts) {
      length += Long.BYTES + text.length;
    }
    MemorySegment bytes = allocateArray(STRING, texts.length, length);
    long at = GgufArray.HEADER_BYTES;
    for (byte[] text : texts) {
      at = putString(bytes, at, text);
    }
    return new GgufValue(ARRAY, bytes);
  }

  /// @param type an integer type, or BOOL for values of 0 and 1
  /// @throws IllegalArgumentException if the type cannot hold a value
  public static GgufValue ofIntegers(GgufValueType type, long... values) {
    MemorySegment bytes = allocateArray(type, values.length, (long) values.length * type.bytes());
    for (int i = 0; i < values.length; i++) {
      type.putInteger(bytes, GgufArray.HEADER_BYTES + (long) i * type.bytes(), values[i]);
    }
    return new GgufValue(ARRAY, bytes);
  }

  /// @param type FLOAT32, which rounds the values, or FLOAT64
  public static GgufValue ofNumbers(GgufValueType type, double... values) {
    MemorySegment bytes = allocateArray(type, values.length, (long) values.length * type.bytes());
    for (int i = 0; i < values.length; i++) {
      type.putNumber(bytes, GgufArray.HEADER_BYTES + (long) i * type.bytes(), values[i]);
    }
    return new GgufValue(ARRAY, bytes);
  }

  public GgufValueType type() {
    return type;
  }

  /// The bytes of the value as a file holds them, without its type.
  MemorySegment bytes() {
    return bytes;
  }

  /// The text of a STRING; bytes that are not UTF-8 become replacement characters.
  public String string() {
    require(type == STRING, "string");
    return text(bytes.byteSize() - Long.BYTES);
  }

  /// An integer; UINT64 beyond 2^63 - 1 becomes negative.
  public long integer() {
    require(type.isInteger(), "integer");
    return type.integer(bytes, 0);
  }

  /// An integer or floating-point number.
  public double number() {
    require(type.isInteger() || type.isFloating(), "number");
    return type.number(bytes, 0);
  }

  /// A truth value: any byte but 0 is true.
  public boolean bool() {
    require(type == BOOL, "truth value");
    return type.integer(bytes, 0) != 0;
  }

  public GgufArray array() {
    require(type == ARRAY, "array");
    return new GgufArray(bytes);
  }

  /// The type as a message names it, for an array with that of its elements.
  String describeType() {
    return type == ARRAY ? "ARRAY of " + array().elementType() : type.toString();
  }

  private void require(boolean holds, String wanted) {
    if (!holds) {
      throw new IllegalStateException(describeType() + " is no " + wanted);
    }
  }

  private String text(long length) {
    return new String(bytes.asSlice(Long.BYTES, length).toArray(LittleEndian.BYTE), UTF_8);
  }

  /// The beginning of a string, which may be as long as the file.
  private String excerpt() {
    long length = bytes.byteSize() - Long.BYTES;
    return length <= LONGEST_EXCERPT ? text(length) : text(LONGEST_EXCERPT) + "…";
  }

  private static MemorySegment allocate(long bytes) {
    return MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
  }

  private static MemorySegment allocateArray(GgufValueType elementType, int count, long bytes) {
    MemorySegment array = allocate(GgufArray.HEADER_BYTES + bytes);
    array.set(LittleEndian.INT, 0, elementType.id());
    array.set(LittleEndian.LONG, GgufArray.COUNT_OFFSET, count);
    return array;
  }

  private static long putString(MemorySegment target, long at, byte[] text) {
    target.set(LittleEndian.LONG, at, text.length);
    MemorySegment.copy(text, 0, target, LittleEndian.BYTE, at + Long.BYTES, text.length);
    return at + Long.BYTES + text.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GgufValue value
        && type == value.type
        && bytes.mismatch(value.bytes) == -1;
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Long.hashCode(bytes.byteSize());
  }

  /// A number as it is, the beginning of a string in quotes, an array as its length and element
  /// type.
  @Override
  public String toString() {
    return switch (type) {
      case STRING -> '"' + excerpt() + '"';
      case BOOL -> String.valueOf(bool());
      case FLOAT32 -> String.valueOf((float) number());
      case FLOAT64 -> String.valueOf(number());
      case UINT64 -> Long.toUnsignedString(integer());
      case ARRAY -> array().toString();
      default -> String.valueOf(integer());
    };
  }
}
