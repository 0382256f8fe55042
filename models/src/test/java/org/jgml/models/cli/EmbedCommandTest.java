package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;
import tools.jackson.jr.ob.JSON;

final class EmbedCommandTest {
  private static String embed(String... options) throws IOException {
    String model = BundledModel.file().toString();
    return Invocation.of(
            Stream.concat(
                    Stream.of("embed", "-m", model, "-p", " ko ki di"), Arrays.stream(options))
                .toArray(String[]::new))
        .succeeded();
  }

  private static double[] numbers(String line) {
    return Arrays.stream(line.strip().split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void printsAVectorOnOneLine() throws IOException {
    String line = embed();
    assertEquals(1, line.lines().count());
    assertEquals(128, numbers(line).length);
    assertNotEquals(line, embed("--pooling", "last"));
    assertNotEquals(line, embed("--pooling", "CLS"));
  }

  @Test
  void scalesAsAsked() throws IOException {
    double[] plain = numbers(embed("--embd-normalize", "-1"));
    double squares = Arrays.stream(numbers(embed())).map(x -> x * x).sum();
    double magnitudes = Arrays.stream(numbers(embed("--embd-normalize", "1"))).map(Math::abs).sum();
    double largest =
        Arrays.stream(numbers(embed("--embd-normalize", "0"))).map(Math::abs).max().orElseThrow();
    assertNotEquals(1, Arrays.stream(plain).map(x -> x * x).sum(), 1e-3);
    assertEquals(1, squares, 1e-5);
    assertEquals(1, magnitudes, 1e-5);
    assertEquals(32760, largest, 1e-2);
  }

  @Test
  void printsJson() throws IOException {
    Map<String, Object> json = JSON.std.mapFrom(embed("--json", "--pooling", "last"));
    assertEquals("last", json.get("pooling"));
    assertEquals(4, json.get("tokens"));
    assertEquals(128, ((List<?>) json.get("embedding")).size());
  }

  @Test
  void refusesWhatItCannotPool() throws IOException {
    String model = BundledModel.file().toString();
    assertTrue(
        Invocation.of("embed", "-m", model, "-p", "a", "--pooling", "max")
            .refused(2)
            .contains("max"));
    Invocation.of("embed", "-m", model).refused(2);
    assertTrue(
        Invocation.of("embed", "-m", model, "-p", " ko ki di ka nu", "-c", "2")
            .refused(1)
            .contains("context of 2"));
  }
}
