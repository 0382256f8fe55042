package org.jgml.core.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The recorded blocks and values in `quants`; its README says what each file holds.
final class Resources {
  private Resources() {}

  static byte[] bytes(String name) {
    try (InputStream input = Resources.class.getResourceAsStream("/quants/" + name)) {
      return input.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] floats(String name) {
    byte[] bytes = bytes(name);
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
