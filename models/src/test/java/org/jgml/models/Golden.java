package org.jgml.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.jr.ob.JSON;

/// What a model computes for some prompts, in double precision.
record Golden(String name, Path model, List<Prompt> prompts) {
  /// @param positions whose logits are recorded
  /// @param logits one row a position
  /// @param greedy the likeliest continuation
  record Prompt(int[] tokens, int[] positions, float[][] logits, int[] greedy) {}

  /// Reads `NAME.json` and `NAME.ref64.bin` of a folder, for a model file.
  static Golden read(Path folder, Path model) throws IOException {
    String name = model.getFileName().toString().replace(".gguf", "");
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(folder.resolve(name + ".json")));
    FloatBuffer logits =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name + ".ref64.bin")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    int vocabulary = ((Number) json.get("n_vocab")).intValue();
    List<Prompt> prompts = new ArrayList<>();
    for (Object entry : (List<?>) json.get("prompts")) {
      Map<?, ?> prompt = (Map<?, ?>) entry;
      int[] positions = ints(prompt.get("positions"));
      float[][] rows = new float[positions.length][vocabulary];
      for (float[] row : rows) {
        logits.get(row);
      }
      prompts.add(
          new Prompt(ints(prompt.get("tokens")), positions, rows, ints(prompt.get("greedy"))));
    }
    return new Golden(name, model, prompts);
  }

  private static int[] ints(Object list) {
    return ((List<?>) list).stream().mapToInt(value -> ((Number) value).intValue()).toArray();
  }

  /// The squared distance over the squared length of what was expected.
  static double normalisedError(float[][] actual, float[][] expected) {
    double distance = 0;
    double length = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double difference = (double) actual[row][i] - expected[row][i];
        distance += difference * difference;
        length += (double) expected[row][i] * expected[row][i];
      }
    }
    return distance / length;
  }

  @Override
  public String toString() {
    return name;
  }
}
