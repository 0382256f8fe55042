package org.jgml.opencl;

import static org.jgml.opencl.OpenClException.check;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.jgml.core.foreign.DeviceFiles;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/// Programs of one device, built when first asked for. Those asked for last are kept, since a
/// driver may hold megabytes for each; kernels outlive their program. Thread-safe.
final class Programs implements AutoCloseable {
  /// What PoCL says when its compiler has lost a temporary file. LLVM removes those that it writes
  /// when a thread of the process gets a signal, and Java's threads do, at a safepoint for example.
  private static final String LOST_FILE = "unable to rename temporary";

  private static final int MOST_ATTEMPTS = 5;

  private final String device;
  private final cl_context context;
  private final cl_device_id id;
  private final String options;
  private final Optional<DeviceFiles> files;
  private final int most;
  private final SequencedMap<ProgramSource, cl_program> built =
      new LinkedHashMap<>(16, 0.75f, true);

  /// @param options options of the compiler
  /// @param files where built programs are kept, if anywhere
  /// @param most programs that are kept in memory
  Programs(
      String device,
      cl_context context,
      cl_device_id id,
      String options,
      Optional<DeviceFiles> files,
      int most) {
    this.device = device;
    this.context = context;
    this.id = id;
    this.options = options;
    this.files = files;
    this.most = most;
  }

  /// A new kernel, without arguments. The caller releases it.
  synchronized cl_kernel kernel(ProgramSource source, String name) {
    cl_program program = built.get(source);
    if (program == null) {
      program = build(source);
      built.put(source, program);
      releaseOldest();
    }
    int[] code = {0};
    cl_kernel kernel = CL.clCreateKernel(program, name, code);
    check(device + ": kernel " + name, "clCreateKernel", code[0]);
    return kernel;
  }

  /// Work-items that a group of a kernel may have: fewer than the device's most, if each takes many
  /// registers. The kernel stays the caller's.
  long mostItems(cl_kernel kernel) {
    long[] items = {0};
    int code =
        CL.clGetKernelWorkGroupInfo(
            kernel, id, CL.CL_KERNEL_WORK_GROUP_SIZE, Sizeof.size_t, Pointer.to(items), null);
    check(device, "clGetKernelWorkGroupInfo", code);
    return items[0];
  }

  /// How many programs are built and in memory.
  synchronized int count() {
    return built.size();
  }

  private void releaseOldest() {
    while (built.size() > most) {
      CL.clReleaseProgram(built.pollFirstEntry().getValue());
    }
  }

  private cl_program build(ProgramSource source) {
    String text = source.text();
    String key = key(source);
    Optional<cl_program> kept = files.flatMap(all -> all.read(key)).flatMap(this::fromBinary);
    if (kept.isPresent()) {
      return kept.get();
    }
    cl_program program = fromSource(source, text, MOST_ATTEMPTS);
    files.ifPresent(all -> all.write(key, binary(program)));
    return program;
  }

  private cl_program fromSource(ProgramSource source, String text, int attempts) {
    int[] code = {0};
    cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {text}, null, code);
    check(device, "clCreateProgramWithSource", code[0]);
    int result = CL.clBuildProgram(program, 1, new cl_device_id[] {id}, options, null, null);
    if (result == CL.CL_SUCCESS) {
      return program;
    }
    String log = log(program);
    CL.clReleaseProgram(program);
    if (attempts > 1 && log.contains(LOST_FILE)) {
      return fromSource(source, text, attempts - 1);
    }
    throw refuse(source, result, log);
  }

  /// What the binary of a program is kept under.
  String key(ProgramSource source) {
    return options + "\n" + source.text();
  }

  /// The program of a binary; empty if the driver does not take it.
  private Optional<cl_program> fromBinary(byte... binary) {
    int[] code = {0};
    cl_program program =
        CL.clCreateProgramWithBinary(
            context,
            1,
            new cl_device_id[] {id},
            new long[] {binary.length},
            new byte[][] {binary},
            null,
            code);
    if (code[0] != CL.CL_SUCCESS) {
      return Optional.empty();
    }
    int result = CL.clBuildProgram(program, 1, new cl_device_id[] {id}, options, null, null);
    if (result != CL.CL_SUCCESS) {
      CL.clReleaseProgram(program);
      return Optional.empty();
    }
    return Optional.of(program);
  }

  private byte[] binary(cl_program program) {
    long[] bytes = {0};
    check(
        device,
        "clGetProgramInfo",
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(bytes), null));
    byte[] binary = new byte[(int) bytes[0]];
    check(
        device,
        "clGetProgramInfo",
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, Pointer.to(Pointer.to(binary)), null));
    return binary;
  }

  private String log(cl_program program) {
    long[] bytes = {0};
    CL.clGetProgramBuildInfo(program, id, CL.CL_PROGRAM_BUILD_LOG, 0, null, bytes);
    byte[] text = new byte[(int) bytes[0]];
    CL.clGetProgramBuildInfo(
        program, id, CL.CL_PROGRAM_BUILD_LOG, text.length, Pointer.to(text), null);
    return new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
  }

  /// The first error of the log, which names file and line.
  private BuildException refuse(ProgramSource source, int code, String log) {
    String error =
        log.lines().filter(line -> line.contains("error")).findFirst().orElse("no build log");
    return new BuildException(device, source.toString(), CL.stringFor_errorCode(code), error, log);
  }

  @Override
  public synchronized void close() {
    built.values().forEach(CL::clReleaseProgram);
    built.clear();
  }
}
