package org.jgml.cuda;

import java.io.IOException;
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
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Assumptions;

/// A CUDA driver without a GPU, which runs the PTX of the jar on the CPU: `src/test/cpp`. Loaded
/// before JCuda's library, it is the `libcuda.so.1` that this needs. Where there is no C++
/// compiler, tests are skipped with the reason.
public final class Emulation {
  private static final Path MODULE = Path.of("../backend-cuda").toAbsolutePath().normalize();
  private static final Path DRIVER = MODULE.resolve("src/test/cpp");
  private static final Path COMPILER = DRIVER.resolve("fake_nvrtc.cpp");
  private static final Path PTX = MODULE.resolve("src/main/resources/org/jgml/cuda/ptx");
  private static final Path BUILDS =
      Path.of(System.getProperty("jgml.cuda.emulation", "target/emulation")).toAbsolutePath();

  private static String missing;
  private static boolean isLoaded;

  private Emulation() {}

  /// The first of its two devices.
  static CudaDevice open() {
    return open(options(Products.TENSOR));
  }

  /// Options of a device whose buffers are allocations of their own, so that the emulation sees who
  /// uses bytes that are none of its tensor's.
  static CudaOptions options(Products products) {
    return new CudaOptions(products, true, false, true, false);
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
    call("emulation_strict", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), 1);
    // Initialises the driver.
    List<Device> devices =
        new CudaBackendProvider().discover(DeviceOptions.defaults()).onlyByName();
    Assumptions.assumeFalse(devices.isEmpty(), "the emulated driver has no device");
  }

  private static String problem() {
    try {
      Path library = BUILDS.resolve("libcuda.so.1");
      new NativeLibrary(library, driverSources(), List.of()).build();
      String folder = "-DPTX_DIRECTORY=\"" + PTX + "\"";
      new NativeLibrary(compiler(), List.of(COMPILER), List.of(folder)).build();
      start(library);
      return null;
    } catch (IOException e) {
      return e.getMessage();
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

  @SuppressWarnings("restricted")
  private static void start(Path library) {
    System.load(library.toString());
  }

  /// Sets the bytes of the device's memory.
  static void setMemory(long bytes) {
    call("emulation_memory", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), bytes);
  }

  /// Bytes of the devices' memory that are allocated.
  static long allocated() {
    return (long) call("emulation_allocated", ValueLayout.JAVA_LONG);
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

  /// Sets the number of the first launch of kernels that are loaded from now on.
  static void setFirstLaunch(int number) {
    call("emulation_launch", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), number);
  }

  /// Lets kernels do nothing, or their work.
  public static void setIdle(boolean isIdle) {
    call("emulation_idle", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), isIdle ? 1 : 0);
  }

  /// Says whether the conformance suite runs, so that bytes of ones are those of no tensor.
  static void setSuite(boolean runs) {
    call("emulation_suite", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), runs ? 1 : 0);
  }

  /// Says whether streams wait for numbers in memory.
  static void setMemoryOperations(boolean arePossible) {
    call(
        "emulation_memory_operations",
        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT),
        arePossible ? 1 : 0);
  }

  /// What was wrong with the last launch that failed.
  @SuppressWarnings("restricted")
  static String mistake() {
    MemorySegment text = (MemorySegment) call("emulation_mistake", ValueLayout.ADDRESS);
    return text.reinterpret(Long.MAX_VALUE).getString(0);
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
