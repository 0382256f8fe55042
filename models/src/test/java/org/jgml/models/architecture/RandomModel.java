package org.jgml.models.architecture;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jgml.core.tensor.Shape;
import org.jgml.models.gguf.GgufType;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufValueType;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.gguf.TensorSource;

/// A small model with random weights, as a file and as numbers.
final class RandomModel {
  private final String architecture;
  private final SplittableRandom random = new SplittableRandom(7);
  private final GgufWriter writer = new GgufWriter();
  private final Map<String, double[]> tensors = new HashMap<>();

  RandomModel(String architecture) {
    this.architecture = architecture;
    writer.put("general.architecture", GgufValue.of(architecture));
  }

  void number(String key, int value) {
    writer.put(architecture + "." + key, GgufValue.ofInteger(GgufValueType.UINT32, value));
  }

  void real(String key, float value) {
    writer.put(architecture + "." + key, GgufValue.ofNumber(GgufValueType.FLOAT32, value));
  }

  void text(String key, String value) {
    writer.put(architecture + "." + key, GgufValue.of(value));
  }

  /// A matrix, or one for each expert, that keeps the size of what it is applied to.
  void matrix(String name, long... dims) {
    double width = Math.sqrt(3.0 / dims[dims.length - 1]);
    add(name, -width, width, dims);
  }

  /// A vector of numbers from `from` to `to`.
  void vector(String name, double from, double to, long length) {
    add(name, from, to, length);
  }

  private void add(String name, double from, double to, long... dims) {
    Shape shape = Shape.of(dims);
    double[] values = new double[Math.toIntExact(shape.elements())];
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(from, to);
      bytes.putFloat((float) values[i]);
    }
    tensors.put(name, values);
    TensorSource source = TensorSource.of(MemorySegment.ofArray(bytes.array()));
    writer.add(name, GgufType.F32, shape, source);
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  double[] tensor(String name) {
    return tensors.get(name);
  }

  void write(Path path) throws IOException {
    writer.write(path);
  }
}
