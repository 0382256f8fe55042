package org.jgml.opencl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The drivers that a folder of ICD files registers with the loader, which leaves out those that it
/// cannot load and says nothing.
///
/// @param folder where a line of each file `*.icd` names the library of a driver
record RegisteredDrivers(Path folder) {
  private static final Path USUAL = Path.of("/etc/OpenCL/vendors");

  /// What loaders look for, instead of the usual folder, if it names one.
  private static final List<String> VARIABLES = List.of("OCL_ICD_VENDORS", "OPENCL_VENDOR_PATH");

  static RegisteredDrivers of(Map<String, String> environment) {
    return new RegisteredDrivers(
        VARIABLES.stream()
            .filter(environment::containsKey)
            .findFirst()
            .map(variable -> Path.of(environment.get(variable)))
            .orElse(USUAL));
  }

  /// A line for each driver that is registered and cannot be loaded: which, why and the remedy.
  ///
  /// @param platforms platforms that answer; there is nothing to say if each driver may be one
  List<String> missing(int platforms) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files = entries.filter(file -> file.toString().endsWith(".icd")).sorted().toList();
      return files.size() <= platforms
          ? List.of()
          : files.stream().flatMap(file -> problem(file).stream()).toList();
    } catch (IOException e) {
      return List.of("opencl: %s cannot be read (%s)".formatted(folder, e.getMessage()));
    }
  }

  private static Optional<String> problem(Path file) {
    try {
      String library = Files.readString(file).strip();
      return canBeLoaded(library)
          ? Optional.empty()
          : Optional.of(
              "opencl: %s registers %s, which cannot be loaded. Fix: reinstall that driver (`ldd` on its library says what it lacks), or remove the file."
                  .formatted(file, library));
    } catch (IOException e) {
      return Optional.of("opencl: %s cannot be read (%s)".formatted(file, e.getMessage()));
    }
  }

  @SuppressWarnings("restricted")
  private static boolean canBeLoaded(String library) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(library, arena);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
