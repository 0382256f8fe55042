package org.jgml.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.Locale;

/// The driver's own library, looked for before any class of JCuda is touched: without it, nothing
/// is loaded.
final class DriverLibrary {
  private DriverLibrary() {}

  /// What the library is called on this system.
  static String name() {
    boolean isWindows =
        System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    return isWindows ? "nvcuda.dll" : "libcuda.so.1";
  }

  /// Whether the library can be loaded.
  @SuppressWarnings("restricted")
  static boolean isThere() {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(name(), arena);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
