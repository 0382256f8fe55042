package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;
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
        bench.succeeded().lines().skip(1).map(line -> line.split("  ")[0].strip()).toList();
    assertEquals(List.of("prefill", "prefill, observed", "prefill, no longer observed"), tasks);
  }

  @Test
  void theMedianOfAnEvenNumberIsTheMiddle() {
    Measurement measurement = new Measurement("decode", 1, 4, 1, 3, 2);
    assertEquals(2.5, measurement.median());
    assertEquals(1.2, measurement.spread());
    assertEquals(3, new Measurement("decode", 1, 5, 3, 1).median());
  }

  @Test
  void benchRefusesNumbersThatMakeNoSense() throws IOException {
    String model = BundledModel.file().toString();
    assertTrue(Invocation.of("bench", "-m", model, "-r", "0").refused(1).contains("-r"));
    assertTrue(Invocation.of("bench", "-m", model, "-p", "-1").refused(1).contains("-p"));
  }
}
