package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.jr.ob.JSON;

/// `devices` and `bench`.
final class MachineCommandsTest {
  @Test
  void devicesAreListed() {
    assertTrue(Invocation.of("devices").succeeded().contains("cpu"));
    Map<String, Object> json = JSON.std.mapFrom(Invocation.of("devices", "--json").succeeded());
    assertTrue(((Map<?, ?>) json.get("devices")).containsKey("cpu"), json.toString());
  }

  @Test
  void benchReportsMedianAndSpread() throws IOException {
    String[] arguments = {
      "bench",
      "-m",
      BundledModel.file().toString(),
      "-p",
      "8",
      "-n",
      "2",
      "-r",
      "3",
      "--depth",
      "4",
      "--json"
    };
    Map<String, Object> json = JSON.std.mapFrom(Invocation.of(arguments).succeeded());
    assertEquals(4, json.get("depth"));
    for (String task : List.of("prefill", "decode")) {
      Map<?, ?> facts = (Map<?, ?>) json.get(task);
      assertEquals(3, ((List<?>) facts.get("samples")).size());
      double median = ((Number) facts.get("median")).doubleValue();
      assertTrue(median >= ((Number) facts.get("slowest")).doubleValue(), facts.toString());
      assertTrue(median <= ((Number) facts.get("fastest")).doubleValue(), facts.toString());
    }
  }

  @Test
  void benchMeasuresWithAnObserverAndWithoutIt() throws IOException {
    String model = BundledModel.file().toString();
    Invocation bench =
        Invocation.of("bench", "-m", model, "-p", "1", "-n", "0", "-r", "1", "--observers");
    List<String> tasks =
        bench
            .succeeded()
            .lines()
            .filter(line -> line.contains("tokens/s"))
            .map(line -> line.split("  ")[0].strip())
            .toList();
    assertEquals(List.of("prefill", "prefill, observed", "prefill, no longer observed"), tasks);
  }

  @Test
  void theMedianOfAnEvenNumberIsTheMiddle() {
    Measurement measurement = new Measurement("decode", 1, List.of(), 4, 1, 3, 2);
    assertEquals(2.5, measurement.median());
    assertEquals(1.2, measurement.spread());
    assertEquals(3, new Measurement("decode", 1, List.of(), 5, 3, 1).median());
  }

  @Test
  void benchAtADepthInjectsKeysAndValuesAndSaysSo() throws IOException {
    for (String kind : List.of("full", "window", "infllm")) {
      Invocation bench = benchAtDepth("--kv", kind);
      String printed = bench.succeeded();
      assertTrue(printed.contains("cache " + kind + ", depth 900 (random"), printed);
      assertTrue(printed.contains("p99"), printed);
      assertTrue(printed.contains("resident memory"), printed);
    }
  }

  @Test
  void benchOfInfLlmReportsHitsAndBytesByTier(@TempDir Path directory) throws IOException {
    String file = directory.resolve("blocks").toString();
    Map<?, ?> json =
        (Map<?, ?>)
            JSON.std.anyFrom(
                benchAtDepth("--kv", "infllm", "--kv-file", file, "--json").succeeded());
    Map<?, ?> decode = (Map<?, ?>) json.get("decode");
    assertEquals(true, json.get("injected"));
    assertEquals(3 * 5, decode.get("steps"));
    assertTrue(((Number) decode.get("p99_over_p50")).doubleValue() >= 1, decode.toString());
    assertEquals(3 * 5 * 4 * layers(json), decode.get("lookups"));
    // The first 8 tokens stay, 64 are the window, blocks have 16; the last few were read.
    assertTrue(((Number) json.get("cache_blocks")).intValue() >= 51 * layers(json));
    assertTrue(((Number) json.get("cache_file_bytes")).longValue() > 0, json.toString());
  }

  @Test
  void aSavedBenchGoesOnByTheSameTokensWhenItIsRestored(@TempDir Path directory)
      throws IOException {
    String path = directory.resolve("session").toString();
    Invocation saving = benchAtDepth("--kv", "infllm", "--save", path);
    saving.succeeded();
    Invocation restoring =
        Invocation.of(
            "bench",
            "-m",
            BundledModel.file().toString(),
            "--restore",
            path,
            "--kv",
            "infllm",
            "--n-init",
            "8",
            "--n-local",
            "64",
            "--block-size",
            "16",
            "--topk",
            "4",
            "-p",
            "0",
            "-n",
            "1");
    restoring.succeeded();
    assertEquals(tokens(saving), tokens(restoring));
  }

  private static String tokens(Invocation bench) {
    return bench
        .err()
        .lines()
        .filter(line -> line.contains("likeliest tokens ["))
        .map(line -> line.substring(line.indexOf('[')))
        .findFirst()
        .orElseThrow();
  }

  private static int layers(Map<?, ?> json) {
    return ((Number) json.get("layers")).intValue();
  }

  private static Invocation benchAtDepth(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("bench", "-m", BundledModel.file().toString(), "--depth", "900"));
    arguments.addAll(List.of("-p", "0", "-n", "5", "-r", "3", "--n-init", "8", "--n-local", "64"));
    arguments.addAll(List.of(more));
    if (arguments.contains("infllm")) {
      arguments.addAll(List.of("--block-size", "16", "--topk", "4"));
    }
    return Invocation.of(arguments.toArray(String[]::new));
  }

  @Test
  void benchRefusesNumbersThatMakeNoSense() throws IOException {
    String model = BundledModel.file().toString();
    assertTrue(Invocation.of("bench", "-m", model, "-r", "0").refused(2).contains("-r"));
    assertTrue(Invocation.of("bench", "-m", model, "-p", "-1").refused(2).contains("-p"));
  }
}
