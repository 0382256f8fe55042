package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jgml.core.tensor.Shape;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufType;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufValueType;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.gguf.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelFingerprintTest {
  @TempDir private Path folder;

  private String fingerprint(String name, double base, int weight) throws IOException {
    Path path = folder.resolve("model.gguf");
    byte[] weights = new byte[10_000];
    weights[weights.length - 1] = (byte) weight;
    new GgufWriter()
        .put("general.name", GgufValue.of(name))
        .put("llama.rope.freq_base", GgufValue.ofNumber(GgufValueType.FLOAT32, base))
        .add(
            "weight",
            GgufType.I8,
            Shape.of(weights.length),
            TensorSource.of(MemorySegment.ofArray(weights)))
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      return ModelFingerprint.of(file);
    }
  }

  @Test
  void whatAModelComputesDecidesAndItsNameDoesNot() throws IOException {
    String fingerprint = fingerprint("a", 10_000, 1);
    assertTrue(fingerprint.matches("[0-9a-f]{16}"));
    assertEquals(fingerprint, fingerprint("b", 10_000, 1));
    assertNotEquals(fingerprint, fingerprint("a", 20_000, 1));
    assertNotEquals(fingerprint, fingerprint("a", 10_000, 2));
  }
}
