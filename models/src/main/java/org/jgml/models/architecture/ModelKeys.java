package org.jgml.models.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValueType;

/// The metadata of one architecture, `ARCHITECTURE.name`, with checks that every number needs.
record ModelKeys(GgufMetadata metadata, String architecture) {
  static ModelKeys of(GgufMetadata metadata) throws GgufException {
    return new ModelKeys(metadata, metadata.requireString("general.architecture"));
  }

  Optional<String> string(String name) throws GgufException {
    return metadata.string(key(name));
  }

  Optional<Double> number(String name) throws GgufException {
    return metadata.number(key(name));
  }

  boolean has(String name) {
    return metadata.contains(key(name));
  }

  boolean isTrue(String name) throws GgufException {
    return metadata.bool(key(name)).orElse(false);
  }

  int required(String name) throws GgufException {
    long value = metadata.requireInteger(key(name));
    require(name, value >= 1 && value <= Integer.MAX_VALUE, "a positive 32-bit number");
    return (int) value;
  }

  /// A number that must be there, and of which 0 says that there is none.
  int requiredOrNone(String name) throws GgufException {
    metadata.requireInteger(key(name));
    return nonNegative(name);
  }

  boolean isArray(String name) {
    return metadata
        .value(key(name))
        .map(value -> value.type() == GgufValueType.ARRAY)
        .orElse(false);
  }

  /// A number for each layer; truth values are 0 and 1.
  int[] ints(String name, int layers) throws GgufException {
    GgufArray array = metadata.requireArray(key(name));
    boolean areWhole = array.elementType().isInteger() || array.elementType() == GgufValueType.BOOL;
    require(name, areWhole, "an array of integers or truth values");
    require(name, array.count() >= layers, "a number for each of the %d layers".formatted(layers));
    return array.ints();
  }

  /// A number for each layer, of which files may have one for all. The numbers are not negative.
  int[] each(String name, int layers) throws GgufException {
    if (!isArray(name)) {
      int[] all = new int[layers];
      Arrays.fill(all, requiredOrNone(name));
      return all;
    }
    int[] numbers = ints(name, layers);
    require(name, Arrays.stream(numbers).allMatch(n -> n >= 0), "numbers, not negative");
    return numbers;
  }

  /// The number of all layers that have one; the others have 0.
  int same(String name, int layers) throws GgufException {
    int[] numbers = Arrays.stream(ints(name, layers)).filter(n -> n != 0).distinct().toArray();
    require(name, numbers.length == 1, "the same number for all layers, or 0");
    return numbers[0];
  }

  /// A truth value for each layer.
  boolean[] flags(String name, int layers) throws GgufException {
    GgufArray array = metadata.requireArray(key(name), GgufValueType.BOOL);
    require(
        name, array.count() >= layers, "a truth value for each of the %d layers".formatted(layers));
    boolean[] flags = new boolean[layers];
    for (int i = 0; i < layers; i++) {
      flags[i] = array.integer(i) != 0;
    }
    return flags;
  }

  /// A number for each layer; none if the key is missing.
  List<Float> numbers(String name, int layers) throws GgufException {
    List<Float> numbers = new ArrayList<>();
    if (has(name)) {
      GgufArray array = metadata.requireArray(key(name), GgufValueType.FLOAT32);
      require(
          name, array.count() >= layers, "a number for each of the %d layers".formatted(layers));
      IntStream.range(0, layers).forEach(i -> numbers.add((float) array.number(i)));
    }
    return List.copyOf(numbers);
  }

  /// An even number, which is the bound if the key is missing.
  int evenUpTo(String name, int bound) throws GgufException {
    int number = optional(name, bound);
    require(
        name, number % 2 == 0 && number <= bound, "an even number up to the head size " + bound);
    return number;
  }

  int optional(String name, int otherwise) throws GgufException {
    return has(name) ? required(name) : otherwise;
  }

  /// A number of which 0 says that there is none, as does a missing key.
  int nonNegative(String name) throws GgufException {
    return nonNegative(name, 0);
  }

  /// A number of which 0 says that there is none.
  int nonNegative(String name, int otherwise) throws GgufException {
    long value = metadata.integer(key(name)).orElse((long) otherwise);
    require(name, value >= 0 && value <= Integer.MAX_VALUE, "a 32-bit number, not negative");
    return (int) value;
  }

  float positive(String name, Optional<Float> otherwise) throws GgufException {
    if (otherwise.isPresent() && !has(name)) {
      return otherwise.get();
    }
    double value = metadata.requireNumber(key(name));
    require(name, value > 0 && value <= Float.MAX_VALUE, "a positive number");
    return (float) value;
  }

  /// A bound of which 0 says that there is none, as does a missing key.
  float bound(String name) throws GgufException {
    double value = metadata.number(key(name)).orElse(0.0);
    require(name, value >= 0 && value <= Float.MAX_VALUE, "a number, not negative");
    return (float) value;
  }

  void require(String name, boolean claim, String expected) throws GgufException {
    if (!claim) {
      throw malformed(name, expected);
    }
  }

  /// The exception for a value that is not what was expected. To be thrown by the caller.
  GgufException malformed(String name, String expected) {
    return metadata.malformed(key(name), expected);
  }

  private String key(String name) {
    return architecture + "." + name;
  }
}
