package org.jgml.models.gguf;

import static org.jgml.models.gguf.LittleEndian.BYTE;
import static org.jgml.models.gguf.LittleEndian.INT;
import static org.jgml.models.gguf.LittleEndian.LONG;
import static org.jgml.models.gguf.LittleEndian.SHORT;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// The types of metadata values, in the order of their ids in the file.
public enum GgufValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(0),
  ARRAY(0),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private final int bytes;

  GgufValueType(int bytes) {
    this.bytes = bytes;
  }

  /// The type of an id in a file; empty if there is none.
  public static Optional<GgufValueType> of(int id) {
    return id >= 0 && id < values().length ? Optional.of(values()[id]) : Optional.empty();
  }

  public int id() {
    return ordinal();
  }

  /// Bytes of one value; 0 for strings and arrays, whose length lies in the file.
  public int bytes() {
    return bytes;
  }

  public boolean isInteger() {
    return bytes > 0 && !isFloating() && this != BOOL;
  }

  public boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /// An integer, or a truth value as 0 or 1. UINT64 beyond 2^63 - 1 becomes negative.
  long integer(MemorySegment source, long offset) {
    return switch (this) {
      case UINT8 -> Byte.toUnsignedLong(source.get(BYTE, offset));
      case INT8 -> source.get(BYTE, offset);
      case UINT16 -> Short.toUnsignedLong(source.get(SHORT, offset));
      case INT16 -> source.get(SHORT, offset);
      case UINT32 -> Integer.toUnsignedLong(source.get(INT, offset));
      case INT32 -> source.get(INT, offset);
      case UINT64, INT64 -> source.get(LONG, offset);
      case BOOL -> source.get(BYTE, offset) == 0 ? 0 : 1;
      case FLOAT32, FLOAT64, STRING, ARRAY ->
          throw new IllegalStateException(this + " is no integer type");
    };
  }

  /// An integer or a floating-point number.
  double number(MemorySegment source, long offset) {
    return switch (this) {
      case FLOAT32 -> Float.intBitsToFloat(source.get(INT, offset));
      case FLOAT64 -> Double.longBitsToDouble(source.get(LONG, offset));
      default -> integer(source, offset);
    };
  }

  void putInteger(MemorySegment target, long offset, long value) {
    if (value < minimum() || value > maximum()) {
      throw new IllegalArgumentException(value + " is outside the range of " + this);
    }
    switch (bytes) {
      case 1 -> target.set(BYTE, offset, (byte) value);
      case 2 -> target.set(SHORT, offset, (short) value);
      case 4 -> target.set(INT, offset, (int) value);
      default -> target.set(LONG, offset, value);
    }
  }

  void putNumber(MemorySegment target, long offset, double value) {
    switch (this) {
      case FLOAT32 -> target.set(INT, offset, Float.floatToRawIntBits((float) value));
      case FLOAT64 -> target.set(LONG, offset, Double.doubleToRawLongBits(value));
      default -> throw new IllegalArgumentException(this + " is no floating-point type");
    }
  }

  private long minimum() {
    return switch (this) {
      case UINT8, UINT16, UINT32, UINT64, BOOL -> 0;
      case INT8, INT16, INT32, INT64 -> -1L << 8 * bytes - 1;
      case FLOAT32, FLOAT64, STRING, ARRAY ->
          throw new IllegalArgumentException(this + " is no integer type");
    };
  }

  private long maximum() {
    return switch (this) {
      case BOOL -> 1;
      case UINT8, UINT16, UINT32 -> (1L << 8 * bytes) - 1;
      default -> Long.MAX_VALUE >>> 64 - 8 * bytes;
    };
  }
}
