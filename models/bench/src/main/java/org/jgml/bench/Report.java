package org.jgml.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.inspect.MachineLimit;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// The figures of one run of the benchmarks, as JSON keeps them.
///
/// @param device the device's name
/// @param java the version of the virtual machine
/// @param limit what the processors did at most, measured in the same run
record Report(String device, String java, MachineLimit limit, List<Timing> timings) {
  private static final JSON PRETTY = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  Report {
    timings = List.copyOf(timings);
  }

  String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", device);
    json.put("java", java);
    json.put("limitBytesPerSecond", limit.bytesPerSecond());
    json.put("limitFlopsPerSecond", limit.flopsPerSecond());
    json.put("timings", timings.stream().map(Timing::json).toList());
    return PRETTY.asString(json);
  }

  /// @throws IOException naming the file, if it cannot be read or holds something else
  static Report read(Path file) throws IOException {
    try {
      Map<String, Object> json = JSON.std.mapFrom(Files.readString(file));
      List<Timing> timings = new ArrayList<>();
      for (Object timing : (List<?>) json.get("timings")) {
        timings.add(Timing.of((Map<?, ?>) timing));
      }
      MachineLimit limit =
          new MachineLimit(
              ((Number) json.get("limitBytesPerSecond")).doubleValue(),
              ((Number) json.get("limitFlopsPerSecond")).doubleValue());
      return new Report((String) json.get("device"), (String) json.get("java"), limit, timings);
    } catch (NoSuchFileException e) {
      throw new IOException("no such file: " + file, e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
    } catch (JacksonException | ClassCastException | NullPointerException e) {
      throw new IOException(
          file + ": no report of bench-ops. Fix: pass a file written with --json", e);
    }
  }
}
