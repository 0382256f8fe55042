package org.jgml.models.architecture;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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

  void numbers(String key, long... values) {
    writer.put(architecture + "." + key, GgufValue.ofIntegers(GgufValueType.INT32, values));
  }

  void real(String key, float value) {
    writer.put(architecture + "." + key, GgufValue.ofNumber(GgufValueType.FLOAT32, value));
  }

  /// One number for each layer, by a key without the architecture.
  void plainNumbers(String key, double... values) {
    writer.put(key, GgufValue.ofNumbers(GgufValueType.FLOAT32, values));
  }

  /// Ids of tokens, by a key without the architecture.
  void tokens(String key, long... ids) {
    writer.put(key, GgufValue.ofIntegers(GgufValueType.UINT32, ids));
  }

  void text(String key, String value) {
    writer.put(architecture + "." + key, GgufValue.of(value));
  }

  /// A real number for each layer.
  void reals(String key, double... values) {
    plainNumbers(architecture + "." + key, values);
  }

  /// A truth value for each layer.
  void flags(String key, boolean... values) {
    long[] bits = new long[values.length];
    Arrays.setAll(bits, i -> values[i] ? 1 : 0);
    writer.put(architecture + "." + key, GgufValue.ofIntegers(GgufValueType.BOOL, bits));
  }

  void flag(String key, boolean value) {
    writer.put(architecture + "." + key, GgufValue.of(value));
  }

  /// A WordPiece vocabulary of `size` tokens: four special ones, then these words, then others.
  void words(int size, String... words) {
    List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    Arrays.stream(words).map(word -> "▁" + word).forEach(tokens::add);
    IntStream.range(tokens.size(), size).mapToObj(i -> "▁word" + i).forEach(tokens::add);
    writer.put("tokenizer.ggml.model", GgufValue.of("bert"));
    writer.put("tokenizer.ggml.tokens", GgufValue.ofStrings(tokens));
    String[] keys = {"padding", "unknown", "bos", "seperator"};
    for (int id = 0; id < keys.length; id++) {
      String key = "tokenizer.ggml.%s_token_id".formatted(keys[id]);
      writer.put(key, GgufValue.ofInteger(GgufValueType.UINT32, id));
    }
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

  /// Numbers that the equations know and the file has in another form.
  double[] hidden(String name, long... dims) {
    double width = Math.sqrt(3.0 / dims[dims.length - 1]);
    double[] values = random(-width, width, Math.toIntExact(Shape.of(dims).elements()));
    tensors.put(name, values);
    return values;
  }

  private double[] random(double from, double to, int length) {
    double[] values = new double[length];
    Arrays.setAll(values, i -> (float) random.nextDouble(from, to));
    return values;
  }

  private void add(String name, double from, double to, long... dims) {
    add(name, random(from, to, Math.toIntExact(Shape.of(dims).elements())), dims);
  }

  /// A tensor of these numbers.
  void add(String name, double[] values, long... dims) {
    Shape shape = Shape.of(dims);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
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
