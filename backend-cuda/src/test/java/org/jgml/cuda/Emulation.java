package org.jgml.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Assumptions;

/// A CUDA driver without a GPU, which runs the kernels' own sources on the CPU: `src/test/cpp`.
/// Loaded before JCuda's library, it is the `libcuda.so.1` that this needs. Where there is no C++
/// compiler, tests are skipped with the reason.
public final class Emulation {
  private static final Path MODULE = Path.of("../backend-cuda").toAbsolutePath().normalize();
  private static final Path SOURCES = MODULE.resolve("src/main/resources/org/jgml/cuda");
  private static final Path DRIVER = MODULE.resolve("src/test/cpp");
  private static final Path COMPILER = DRIVER.resolve("fake_nvrtc.cpp");
  private static final List<String> OPTIONS =
      List.of("-std=c++17", "-O2", "-mf16c", "-mfma", "-fPIC", "-shared");
  private static final Path BUILDS =
      Path.of(System.getProperty("jgml.cuda.emulation", "target/emulation")).toAbsolutePath();

  private static String missing;
  private static boolean isLoaded;

  private Emulation() {}

  /// The first of its two devices.
  static CudaDevice open() {
    return open(new CudaOptions(Products.TENSOR, true));
  }

  static CudaDevice open(CudaOptions options) {
    return open(0, options);
  }

  /// The device of a number: 0 or 1.
  static CudaDevice open(int ordinal, CudaOptions options) {
    load();
    String name = "cuda:" + ordinal;
    return new CudaDevice(name, DeviceProfile.of(name, ordinal), options);
  }

  static BackendProvider.Discovery discover() {
    load();
    return new CudaBackendProvider().discover(DeviceOptions.defaults());
  }

  /// Loads the driver, built before if its sources are newer.
  public static synchronized void load() {
    if (!isLoaded && missing == null) {
      missing = problem();
      isLoaded = missing == null;
    }
    Assumptions.assumeTrue(isLoaded, () -> "no emulated CUDA device: " + missing);
    // Initialises the driver.
    List<Device> devices =
        new CudaBackendProvider().discover(DeviceOptions.defaults()).onlyByName();
    Assumptions.assumeFalse(devices.isEmpty(), "the emulated driver has no device");
  }

  private static String problem() {
    if (!"amd64".equals(System.getProperty("os.arch"))) {
      return "fibers are written for x86-64";
    }
    try {
      Files.createDirectories(BUILDS);
      Path library = BUILDS.resolve("libcuda.so.1");
      FileTime newest = newest();
      if (!Files.exists(library) || Files.getLastModifiedTime(library).compareTo(newest) < 0) {
        build(driverSources(), library);
        build(List.of(COMPILER), compiler());
      }
      Path stamp = BUILDS.resolve("stamp");
      Files.write(stamp, new byte[0]);
      Files.setLastModifiedTime(stamp, newest);
      start(library);
      return null;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static FileTime newest() throws IOException {
    try (Stream<Path> files =
        Stream.concat(Files.list(SOURCES).filter(Files::isRegularFile), Files.list(DRIVER))) {
      return files.map(Emulation::modified).max(FileTime::compareTo).orElseThrow();
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The library of an emulated NVRTC, which is there once the driver is loaded.
  static Path compiler() {
    return BUILDS.resolve("libnvrtc.so.12");
  }

  /// All files but that of the compiler.
  private static List<Path> driverSources() throws IOException {
    try (Stream<Path> files = Files.list(DRIVER)) {
      return files
          .filter(file -> file.toString().endsWith(".cpp") && !file.equals(COMPILER))
          .sorted()
          .toList();
    }
  }

  private static void build(List<Path> sources, Path library) throws IOException {
    List<String> command = new ArrayList<>(List.of("g++"));
    command.addAll(OPTIONS);
    sources.forEach(source -> command.add(source.toString()));
    command.add("-Wl,-soname," + library.getFileName());
    command.addAll(List.of("-o", library.toString(), "-ldl"));
    Process compiler = new ProcessBuilder(command).inheritIO().start();
    try {
      if (compiler.waitFor() != 0) {
        throw new IOException("g++ refuses " + sources);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static void start(Path library) {
    System.load(library.toString());
    try (Arena arena = Arena.ofConfined()) {
      call(
          "emulation_configure",
          FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
          arena.allocateFrom(SOURCES.toString()),
          arena.allocateFrom(BUILDS.toString()),
          arena.allocateFrom("-mf16c -mfma -I'" + DRIVER + "'"));
    }
  }

  /// Sets the bytes of the device's memory.
  static void setMemory(long bytes) {
    call("emulation_memory", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), bytes);
  }

  /// Lets every further call fail with this code; 0 makes the device well again.
  static void breakWith(int code) {
    call("emulation_break", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), code);
  }

  /// Says whether the two devices can reach each other.
  static void setPeers(boolean arePossible) {
    call("emulation_peers", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), arePossible ? 1 : 0);
  }

  /// Lets the next call of a function, by its name in the library, do nothing but return a code.
  static void fail(String function, int code) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "emulation_fail",
          FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          arena.allocateFrom(function),
          code);
    }
  }

  /// Lets kernels do nothing, or their work.
  public static void setIdle(boolean isIdle) {
    call("emulation_idle", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), isIdle ? 1 : 0);
  }

  /// Says whether streams wait for numbers in memory.
  static void setMemoryOperations(boolean arePossible) {
    call(
        "emulation_memory_operations",
        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT),
        arePossible ? 1 : 0);
  }

  /// How often a function of the driver was called, by its name in the library.
  public static long calls(String function) {
    try (Arena arena = Arena.ofConfined()) {
      FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
      return (long) call("emulation_calls", type, arena.allocateFrom(function));
    }
  }

  /// Calls a function without arguments.
  static Object call(String name, MemoryLayout result) {
    return call(name, FunctionDescriptor.of(result));
  }

  @SuppressWarnings("restricted")
  private static Object call(String name, FunctionDescriptor type, Object... arguments) {
    MemorySegment function = SymbolLookup.loaderLookup().find(name).orElseThrow();
    MethodHandle handle = Linker.nativeLinker().downcallHandle(function, type);
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
