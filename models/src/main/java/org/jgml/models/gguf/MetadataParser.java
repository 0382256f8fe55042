package org.jgml.models.gguf;

import java.util.LinkedHashMap;
import java.util.Map;

/// Reads the metadata of a file: finds where each value lies, without decoding it.
final class MetadataParser {
  private static final long MOST_KEYS = Integer.MAX_VALUE;
  private static final long LONGEST_KEY = 65535;
  private static final long LONGEST_STRING = 1L << 30;
  private static final long LONGEST_ARRAY = 1L << 30;

  /// A key of one byte with a value of one byte.
  private static final long SMALLEST_ENTRY = Long.BYTES + 1 + Integer.BYTES + 1;

  private final GgufCursor cursor;

  MetadataParser(GgufCursor cursor) {
    this.cursor = cursor;
  }

  GgufMetadata metadata() throws GgufException {
    long count = cursor.count("key count", MOST_KEYS, SMALLEST_ENTRY);
    Map<String, GgufValue> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      long start = cursor.position();
      String key = key();
      if (values.putIfAbsent(key, value(key)) != null) {
        throw cursor.malformed(start, "key " + key, "expected each key once, found it again");
      }
    }
    return new GgufMetadata(cursor.file(), values);
  }

  private String key() throws GgufException {
    long start = cursor.position();
    String key = cursor.string("key", LONGEST_KEY);
    if (key.isEmpty()) {
      throw cursor.malformed(start, "key", "expected a name, found an empty one");
    }
    return key;
  }

  private GgufValue value(String key) throws GgufException {
    GgufValueType type = type("type of " + key);
    long start = cursor.position();
    switch (type) {
      case STRING -> skipString(key, "length of " + key);
      case ARRAY -> skipArray(key);
      default -> cursor.skip(type.bytes(), key);
    }
    return new GgufValue(type, cursor.slice(start, cursor.position() - start));
  }

  private void skipArray(String key) throws GgufException {
    long start = cursor.position();
    GgufValueType elementType = type("element type of " + key);
    switch (elementType) {
      case ARRAY ->
          throw cursor.malformed(start, key, "expected plain elements, found an array of arrays");
      case STRING -> skipStrings(key);
      default -> {
        long count = cursor.count("element count of " + key, LONGEST_ARRAY, elementType.bytes());
        cursor.skip(count * elementType.bytes(), key);
      }
    }
  }

  private void skipStrings(String key) throws GgufException {
    long count = cursor.count("element count of " + key, LONGEST_ARRAY, Long.BYTES);
    String length = "length of a string of " + key;
    for (long i = 0; i < count; i++) {
      skipString(key, length);
    }
  }

  private void skipString(String what, String length) throws GgufException {
    cursor.skip(cursor.count(length, LONGEST_STRING, 1), what);
  }

  private GgufValueType type(String what) throws GgufException {
    long start = cursor.position();
    int id = cursor.int32(what);
    String problem = "expected a value type, 0 to 12, found " + Integer.toUnsignedString(id);
    return GgufValueType.of(id).orElseThrow(() -> cursor.malformed(start, what, problem));
  }
}
