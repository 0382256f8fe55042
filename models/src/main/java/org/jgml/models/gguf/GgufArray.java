package org.jgml.models.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// A metadata array, read where it lies: elements are decoded when they are asked for.
///
/// An accessor that does not fit [#elementType] throws [IllegalStateException]; ask [GgufMetadata]
/// for an array of certain element types to have a wrong file refused. An index that does not fit
/// [#count] throws [IndexOutOfBoundsException]. Safe for use by several threads.
public final class GgufArray {
  static final int COUNT_OFFSET = Integer.BYTES;
  static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

  private final GgufValueType elementType;
  private final int count;
  private final MemorySegment elements;

  /// Where each string begins; strings have no fixed length. Found at the first use.
  private volatile long[] stringOffsets;

  /// @param bytes an array as a file holds it: element type, count, elements
  GgufArray(MemorySegment bytes) {
    elementType = GgufValueType.of(bytes.get(LittleEndian.INT, 0)).orElseThrow();
    count = Math.toIntExact(bytes.get(LittleEndian.LONG, COUNT_OFFSET));
    elements = bytes.asSlice(HEADER_BYTES);
  }

  public int count() {
    return count;
  }

  public GgufValueType elementType() {
    return elementType;
  }

  /// A string; bytes that are not UTF-8 become replacement characters, see [#bytes].
  public String string(int i) {
    return new String(bytes(i), UTF_8);
  }

  /// The bytes of a string.
  public byte[] bytes(int i) {
    require(elementType == GgufValueType.STRING, "strings");
    long offset = stringOffsets()[Objects.checkIndex(i, count)];
    long length = elements.get(LittleEndian.LONG, offset);
    return elements.asSlice(offset + Long.BYTES, length).toArray(LittleEndian.BYTE);
  }

  /// An integer, or a truth value as 0 or 1; UINT64 beyond 2^63 - 1 becomes negative.
  public long integer(int i) {
    require(elementType.isInteger() || elementType == GgufValueType.BOOL, "integers");
    return elementType.integer(elements, offset(i));
  }

  /// An integer or floating-point number.
  public double number(int i) {
    require(elementType.isInteger() || elementType.isFloating(), "numbers");
    return elementType.number(elements, offset(i));
  }

  /// All strings.
  public String[] strings() {
    String[] strings = new String[count];
    Arrays.setAll(strings, this::string);
    return strings;
  }

  /// All integers, or truth values as 0 and 1; those outside the range of int become its nearest
  /// bound.
  public int[] ints() {
    int[] ints = new int[count];
    Arrays.setAll(ints, i -> Math.clamp(integer(i), Integer.MIN_VALUE, Integer.MAX_VALUE));
    return ints;
  }

  /// All bytes of an array of bytes.
  public byte[] toBytes() {
    require(elementType.bytes() == Byte.BYTES, "bytes");
    return elements.asSlice(0, count).toArray(LittleEndian.BYTE);
  }

  /// All numbers, rounded to float.
  public float[] floats() {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) number(i);
    }
    return floats;
  }

  private long offset(int i) {
    return (long) Objects.checkIndex(i, count) * elementType.bytes();
  }

  private long[] stringOffsets() {
    long[] offsets = stringOffsets;
    if (offsets == null) {
      offsets = new long[count];
      for (int i = 1; i < count; i++) {
        long length = elements.get(LittleEndian.LONG, offsets[i - 1]);
        offsets[i] = offsets[i - 1] + Long.BYTES + length;
      }
      stringOffsets = offsets;
    }
    return offsets;
  }

  private void require(boolean holds, String wanted) {
    if (!holds) {
      throw new IllegalStateException("an array of " + elementType + " holds no " + wanted);
    }
  }

  @Override
  public String toString() {
    return "[" + count + " × " + elementType + "]";
  }
}
