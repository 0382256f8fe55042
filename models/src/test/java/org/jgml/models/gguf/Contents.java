package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.LinkedHashMap;
import java.util.Map;

/// Reads all that a file offers.
final class Contents {
  private Contents() {}

  static void readEverything(GgufFile file) {
    for (String key : file.metadata().keys()) {
      GgufValue value = file.metadata().value(key).orElseThrow();
      assertNotNull(value.toString());
      if (value.type() == GgufValueType.ARRAY) {
        readElements(value.array());
      }
    }
    for (GgufTensor tensor : file.tensors()) {
      long blocks = tensor.shape().elements() / tensor.type().blockElements();
      assertEquals(blocks * tensor.type().blockBytes(), tensor.bytes().byteSize());
      tensor.bytes().get(LittleEndian.BYTE, tensor.bytes().byteSize() - 1);
    }
  }

  private static void readElements(GgufArray array) {
    int length =
        switch (array.elementType()) {
          case STRING -> array.strings().length;
          case FLOAT32, FLOAT64 -> array.floats().length;
          default -> array.ints().length;
        };
    assertEquals(array.count(), length);
  }

  /// Metadata without the keys that tell shards apart.
  static Map<String, GgufValue> metadata(GgufFile file) {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    for (String key : file.metadata().keys()) {
      if (!key.startsWith("split.")) {
        values.put(key, file.metadata().value(key).orElseThrow());
      }
    }
    return values;
  }
}
