package org.jgml.models.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jgml.core.backend.Device;
import org.jgml.core.runtime.Devices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml devices`: what models can run on here, and what is missing.
@Command(
    name = "devices",
    description = "Lists devices and their facts; for what is missing, why and the remedy.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private EngineOptions engine;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (Devices devices = Devices.open(engine.deviceOptions())) {
      PrintStream out = jgml.streams().out();
      if (json) {
        out.println(Json.pretty(json(devices)));
      } else {
        devices.all().forEach(device -> print(out, device, ""));
        devices.onlyByName().forEach(device -> print(out, device, " (used only by name)"));
        devices.remarks().forEach(remark -> out.println("! " + remark));
        devices.absent().forEach(remark -> out.println("- " + remark));
      }
    }
    return 0;
  }

  private static void print(PrintStream out, Device device, String remark) {
    out.println(device.name() + remark);
    device.facts().forEach((fact, value) -> out.printf("  %-14s %s%n", fact, value));
  }

  private static Map<String, Object> json(Devices devices) {
    Map<String, Object> facts = new LinkedHashMap<>();
    devices.all().forEach(device -> facts.put(device.name(), device.facts()));
    Map<String, Object> byName = new LinkedHashMap<>();
    devices.onlyByName().forEach(device -> byName.put(device.name(), device.facts()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("devices", facts);
    json.put("onlyByName", byName);
    json.put("remarks", devices.remarks());
    json.put("absent", devices.absent());
    return json;
  }
}
