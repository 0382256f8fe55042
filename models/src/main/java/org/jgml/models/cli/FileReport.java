package org.jgml.models.cli;

import java.io.PrintStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufType;
import org.jgml.models.gguf.GgufValue;

/// What a GGUF file holds, for people and as JSON.
///
/// @param everyTensor list tensors one by one
/// @param problem what keeps the file from being used
record FileReport(GgufFile file, boolean everyTensor, Optional<String> problem) {
  private static final int ELEMENTS_SHOWN = 6;
  private static final int CHARACTERS_SHOWN = 200;
  private static final double BYTES_PER_KIBIBYTE = 1 << 10;
  private static final double BYTES_PER_MEBIBYTE = 1 << 20;

  /// Tensors of one element type.
  private record TypeTotal(int tensors, long bytes) {
    TypeTotal plus(GgufTensor tensor) {
      return new TypeTotal(tensors + 1, bytes + tensor.bytes().byteSize());
    }
  }

  void print(PrintStream out) {
    out.printf(
        "%s: GGUF version %d, %d keys, %d tensors, %s%n",
        printable(file.path().getFileName()),
        file.version(),
        file.metadata().keys().size(),
        file.tensors().size(),
        size(tensorBytes()));
    GgufMetadata metadata = file.metadata();
    for (String key : metadata.keys()) {
      out.printf("  %s = %s%n", printable(key), text(metadata.value(key).orElseThrow()));
    }
    totals().forEach((type, total) -> out.println("  " + line(type, total)));
    if (everyTensor) {
      file.tensors().forEach(tensor -> out.println("  " + printable(tensor)));
    }
    out.println(problem.map(text -> "not usable: " + text).orElse("supported"));
  }

  private static String line(GgufType type, TypeTotal total) {
    return "%-8s %5d tensors, %s%s"
        .formatted(
            type,
            total.tensors(),
            size(total.bytes()),
            type.dataType().isPresent() ? "" : ", not supported");
  }

  private static String size(long bytes) {
    return bytes < BYTES_PER_MEBIBYTE
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / BYTES_PER_KIBIBYTE)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / BYTES_PER_MEBIBYTE);
  }

  private static String text(GgufValue value) {
    String text = String.valueOf(json(value));
    return printable(
        text.length() <= CHARACTERS_SHOWN ? text : text.substring(0, CHARACTERS_SHOWN) + "…");
  }

  /// Names and texts of a file may hold anything, newlines and terminal commands too.
  private static String printable(Object text) {
    return text.toString().replace("\n", "\\n").replaceAll("[\\p{Cc}\\p{Cf}]", "?");
  }

  private long tensorBytes() {
    return file.tensors().stream().mapToLong(tensor -> tensor.bytes().byteSize()).sum();
  }

  private Map<GgufType, TypeTotal> totals() {
    Map<GgufType, TypeTotal> totals = new TreeMap<>();
    for (GgufTensor tensor : file.tensors()) {
      totals.compute(
          tensor.type(), (_, total) -> (total == null ? new TypeTotal(0, 0) : total).plus(tensor));
    }
    return totals;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.path().toString());
    json.put("version", file.version());
    json.put("metadata", metadata());
    json.put("tensor_count", file.tensors().size());
    json.put("tensor_bytes", tensorBytes());
    json.put("types", types());
    if (everyTensor) {
      json.put("tensors", file.tensors().stream().map(FileReport::json).toList());
    }
    json.put("usable", problem.isEmpty());
    problem.ifPresent(text -> json.put("problem", text));
    return json;
  }

  private Map<String, Object> metadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (String key : file.metadata().keys()) {
      metadata.put(key, json(file.metadata().value(key).orElseThrow()));
    }
    return metadata;
  }

  private List<Map<String, Object>> types() {
    List<Map<String, Object>> types = new ArrayList<>();
    totals()
        .forEach((type, total) -> {
          Map<String, Object> json = new LinkedHashMap<>();
          json.put("type", type.name());
          json.put("tensors", total.tensors());
          json.put("bytes", total.bytes());
          json.put("supported", type.dataType().isPresent());
          types.add(json);
        });
    return types;
  }

  private static Map<String, Object> json(GgufTensor tensor) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", tensor.name());
    json.put("type", tensor.type().name());
    json.put("shape", tensor.shape().dims());
    json.put("bytes", tensor.bytes().byteSize());
    return json;
  }

  private static Object json(GgufValue value) {
    return switch (value.type()) {
      case STRING -> value.string();
      case BOOL -> value.bool();
      case FLOAT32 -> (float) value.number();
      case FLOAT64 -> value.number();
      case UINT64 -> new BigInteger(Long.toUnsignedString(value.integer()));
      case ARRAY -> elements(value.array());
      default -> value.integer();
    };
  }

  /// The first elements of an array, and how many follow.
  private static List<Object> elements(GgufArray array) {
    List<Object> shown = new ArrayList<>();
    IntStream.range(0, Math.min(array.count(), ELEMENTS_SHOWN))
        .forEach(i -> shown.add(element(array, i)));
    if (array.count() > ELEMENTS_SHOWN) {
      shown.add("… %d more".formatted(array.count() - ELEMENTS_SHOWN));
    }
    return shown;
  }

  private static Object element(GgufArray array, int index) {
    return switch (array.elementType()) {
      case STRING -> array.string(index);
      case FLOAT32 -> (float) array.number(index);
      case FLOAT64 -> array.number(index);
      case ARRAY -> "…";
      default -> array.integer(index);
    };
  }
}
