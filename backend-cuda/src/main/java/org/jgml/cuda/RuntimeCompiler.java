package org.jgml.cuda;

import static jcuda.nvrtc.nvrtcResult.NVRTC_SUCCESS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jcuda.LogLevel;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.foreign.DeviceFiles;

/// Machine code made on this machine from the sources in the jar, for exactly its device, by NVRTC
/// of the user's CUDA toolkit; kept on disk (`-Djgml.cuda.compiler=nvrtc`).
///
/// Without the property nothing of this is loaded.
final class RuntimeCompiler implements ProgramImages {
  private static final String LIBRARY = "libnvrtc.so.12";

  private static final String BUILTINS = "libnvrtc-builtins.so.";

  /// Where toolkits put it without telling the loader.
  private static final Path TOOLKIT = Path.of("/usr/local/cuda/lib64", LIBRARY);

  /// As for the PTX in the jar: products and sums are rounded one by one.
  private static final List<String> OPTIONS = List.of("--fmad=false", "-diag-suppress=128,177");

  private static final int LOG_LINES = 6;

  private final String device;
  private final DeviceProfile profile;
  private final DeviceFiles files;

  private RuntimeCompiler(String device, DeviceProfile profile, DeviceFiles files) {
    this.device = device;
    this.profile = profile;
    this.files = files;
  }

  /// The compiler for a device.
  ///
  /// @throws DeviceException if the library cannot be loaded, or does not know the device
  static RuntimeCompiler of(String device, DeviceProfile profile) {
    load(device);
    requireArchitecture(device, profile);
    String identity =
        "sm_%d, NVRTC %s, driver %d"
            .formatted(profile.number(), version(), DeviceProfile.driverVersion());
    return new RuntimeCompiler(device, profile, new DeviceFiles("cuda", identity));
  }

  private static void load(String device) {
    String chosen = System.getProperty("jgml.cuda.nvrtc");
    try {
      if (chosen != null) {
        load(Path.of(chosen).toAbsolutePath());
      } else if (Files.exists(TOOLKIT)) {
        load(TOOLKIT);
      }
      JNvrtc.setExceptionsEnabled(false);
      JNvrtc.setLogLevel(LogLevel.LOG_QUIET);
    } catch (LinkageError e) {
      throw new DeviceException(
          "%s: NVRTC, which jgml.cuda.compiler=nvrtc asks for, cannot be loaded (%s). Fix: install %s of a CUDA toolkit 12 (package cuda-nvrtc-12-x, or nvidia-cuda-nvrtc-cu12 of pip) and name the file with -Djgml.cuda.nvrtc=FILE, or leave the property out: the jar has all programs as PTX."
              .formatted(device, CudaBackendProvider.firstLine(e), LIBRARY),
          e);
    }
  }

  /// Loads a library after the one with its builtins, which it would look for by name alone.
  @SuppressWarnings("restricted")
  private static void load(Path library) {
    try (Stream<Path> files = Files.list(library.getParent())) {
      files
          .filter(file -> file.getFileName().toString().startsWith(BUILTINS))
          .forEach(file -> System.load(file.toString()));
    } catch (IOException e) {
      throw (LinkageError) new UnsatisfiedLinkError(library + " cannot be read").initCause(e);
    }
    System.load(library.toString());
  }

  private static void requireArchitecture(String device, DeviceProfile profile) {
    int[] count = {0};
    check(device, "nvrtcGetNumSupportedArchs", JNvrtc.nvrtcGetNumSupportedArchs(count));
    int[] known = new int[count[0]];
    check(device, "nvrtcGetSupportedArchs", JNvrtc.nvrtcGetSupportedArchs(known));
    if (IntStream.of(known).noneMatch(each -> each == profile.number())) {
      throw new DeviceException(
          "%s: NVRTC %s compiles for %s, not for %d. Fix: install a newer CUDA toolkit, or leave jgml.cuda.compiler out."
              .formatted(device, version(), Arrays.toString(known), profile.number()));
    }
  }

  private static String version() {
    int[] major = {0};
    int[] minor = {0};
    JNvrtc.nvrtcVersion(major, minor);
    return major[0] + "." + minor[0];
  }

  @Override
  public byte[] of(Program program) {
    ProgramSource source = ProgramSource.of(program);
    List<String> options = options(program);
    String key = program + "\n" + options + "\n" + source.text() + source.headers();
    return files
        .read(key)
        .orElseGet(() -> {
          byte[] code = compile(program, source, options);
          files.write(key, code);
          return code;
        });
  }

  /// What only one capability has is asked for by name.
  private List<String> options(Program program) {
    boolean isSpecific = program.best(profile.number()).map(Architecture::isSpecific).orElse(false);
    List<String> options = new ArrayList<>(OPTIONS);
    options.add("--gpu-architecture=sm_" + profile.number() + (isSpecific ? "a" : ""));
    options.addAll(program.definitions());
    return options;
  }

  private byte[] compile(Program program, ProgramSource source, List<String> options) {
    nvrtcProgram handle = new nvrtcProgram();
    String[] names = source.headers().keySet().toArray(String[]::new);
    String[] headers = source.headers().values().toArray(String[]::new);
    check(
        device,
        "nvrtcCreateProgram",
        JNvrtc.nvrtcCreateProgram(
            handle, source.text(), program.file() + ".cu", names.length, headers, names));
    try {
      String[] list = options.toArray(String[]::new);
      if (JNvrtc.nvrtcCompileProgram(handle, list.length, list) != NVRTC_SUCCESS) {
        throw refusal(program, handle);
      }
      long[] bytes = {0};
      check(device, "nvrtcGetCUBINSize", JNvrtc.nvrtcGetCUBINSize(handle, bytes));
      byte[] code = new byte[(int) bytes[0]];
      check(device, "nvrtcGetCUBIN", JNvrtc.nvrtcGetCUBIN(handle, code));
      return code;
    } finally {
      JNvrtc.nvrtcDestroyProgram(handle);
    }
  }

  private DeviceException refusal(Program program, nvrtcProgram handle) {
    String[] log = {""};
    JNvrtc.nvrtcGetProgramLog(handle, log);
    String lines = log[0].lines().limit(LOG_LINES).collect(Collectors.joining("; "));
    return new DeviceException(
        "%s: NVRTC %s refuses %s: %s. Fix: leave jgml.cuda.compiler out, or use another toolkit."
            .formatted(device, version(), program, lines));
  }

  private static void check(String device, String call, int code) {
    if (code != NVRTC_SUCCESS) {
      throw new DeviceException(
          "%s: %s returned %s. Fix: use another CUDA toolkit 12, or leave jgml.cuda.compiler out."
              .formatted(device, call, JNvrtc.nvrtcGetErrorString(code)));
    }
  }
}
