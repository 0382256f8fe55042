package org.jgml.models.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.runtime.Devices;

/// One thing that speed depends on.
///
/// @param subject what was looked at
/// @param isGood whether it is as it should be
/// @param finding what it is like
/// @param remedy what to do if it is not good
record Diagnosis(String subject, boolean isGood, String finding, String remedy) {
  private static final int LEAST_JAVA = 25;
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final String ADD_CPU =
      "put the module org.jgml.cpu on the module path, as ./jgml does";
  private static final long LEAST_FREE_BYTES = 1L << 30;

  /// As in `ok threads: 8 on 8 processors`.
  String line() {
    String text = "%-4s %s: %s".formatted(isGood ? "ok" : "bad", subject, finding);
    return isGood ? text : text + ". Fix: " + remedy;
  }

  /// Everything there is to look at.
  ///
  /// @param freeBytes free memory, as far as known
  static List<Diagnosis> all(Devices devices, OptionalLong freeBytes) {
    List<Diagnosis> all = new ArrayList<>();
    all.add(java(Runtime.version().feature()));
    all.add(vectorModule(ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()));
    all.add(compiler(System.getProperty("java.vm.info", "")));
    all.add(devices(devices));
    devices.all().stream()
        .filter(device -> device.name().equals("cpu"))
        .map(Device::facts)
        .forEach(facts -> {
          all.add(lanes(facts.getOrDefault("arithmetic", "unknown")));
          all.add(threads(facts, Runtime.getRuntime().availableProcessors()));
        });
    all.add(memory(freeBytes));
    return all;
  }

  static Diagnosis java(int feature) {
    return new Diagnosis(
        "java",
        feature >= LEAST_JAVA,
        Runtime.version().toString(),
        "install a JDK of version %d or newer and set JAVA_HOME".formatted(LEAST_JAVA));
  }

  static Diagnosis vectorModule(boolean present) {
    return new Diagnosis(
        "vector module",
        present,
        VECTOR_MODULE + (present ? " is there" : " is missing"),
        "start Java with --add-modules %s, or use the jgml launcher".formatted(VECTOR_MODULE));
  }

  /// @param mode what the JVM says of itself, such as `mixed mode, sharing`
  static Diagnosis compiler(String mode) {
    boolean isOptimising = mode.startsWith("mixed") && !mode.contains("emulated-client");
    return new Diagnosis(
        "compiler",
        isOptimising,
        isOptimising ? "C2 is on (%s)".formatted(mode) : "C2 is off (%s)".formatted(mode),
        "start Java without -Xint, -XX:TieredStopAtLevel and -XX:CompilationMode=quick-only");
  }

  private static Diagnosis devices(Devices devices) {
    String names = devices.all().stream().map(Device::name).collect(Collectors.joining(", "));
    return new Diagnosis("devices", !names.isEmpty(), names.isEmpty() ? "none" : names, ADD_CPU);
  }

  static Diagnosis lanes(String arithmetic) {
    return new Diagnosis(
        "lanes",
        !arithmetic.equals("scalar"),
        arithmetic,
        "see to the vector module and the compiler first; `jgml devices` says more");
  }

  private static Diagnosis threads(Map<String, String> facts, int processors) {
    String threads = facts.getOrDefault("threads", "unknown");
    return new Diagnosis(
        "threads",
        threads.equals(Integer.toString(processors)),
        "%s on %d processors".formatted(threads, processors),
        "leave out -t");
  }

  /// @param freeBytes free memory, as far as known
  static Diagnosis memory(OptionalLong freeBytes) {
    if (freeBytes.isEmpty()) {
      return new Diagnosis("memory", true, "how much is free is not known", "");
    }
    long free = freeBytes.getAsLong();
    return new Diagnosis(
        "memory",
        free >= LEAST_FREE_BYTES,
        "%,d MiB are free".formatted(free >> 20),
        "end other programs, or use a smaller model and a shorter context (-c)");
  }
}
