package org.jgml.cuda;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/// Programs of one device, loaded when first asked for. The driver makes machine code of them, and
/// keeps it for the next time. Thread-safe.
final class Programs implements AutoCloseable {
  private record Entry(Program program, String kernel) {}

  /// Shared memory that every kernel may have without asking, beside what some declare.
  private static final int COMMON_SHARED_BYTES = 40 << 10;

  private final CudaContext context;
  private final ProgramImages images;
  private final Map<Program, CUmodule> modules = new HashMap<>();
  private final Map<Entry, KernelHandle> kernels = new HashMap<>();
  private final Map<KernelHandle, Integer> permitted = new HashMap<>();

  Programs(CudaContext context, ProgramImages images) {
    this.context = context;
    this.images = images;
  }

  /// A kernel of a program.
  synchronized KernelHandle kernel(Program program, String name) {
    context.enter();
    Entry entry = new Entry(program, name);
    KernelHandle known = kernels.get(entry);
    if (known != null) {
      return known;
    }
    CUmodule module = modules.get(program);
    if (module == null) {
      module = load(program);
      modules.put(program, module);
    }
    KernelHandle kernel = new KernelHandle();
    context.check(
        "cuModuleGetFunction of " + name, JCudaDriver.cuModuleGetFunction(kernel, module, name));
    kernels.put(entry, kernel);
    return kernel;
  }

  /// Lets a kernel have so much shared memory beside what it declares.
  synchronized void permit(KernelHandle kernel, int bytes) {
    if (bytes > COMMON_SHARED_BYTES && bytes > permitted.getOrDefault(kernel, 0)) {
      context.enter();
      context.check(
          "cuFuncSetAttribute",
          JCudaDriver.cuFuncSetAttribute(
              kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes));
      permitted.put(kernel, bytes);
    }
  }

  private CUmodule load(Program program) {
    CUmodule module = new CUmodule();
    byte[] bytes = images.of(program);
    // The driver reads text up to a zero.
    byte[] image = Arrays.copyOf(bytes, bytes.length + 1);
    context.check("cuModuleLoadData of " + program, JCudaDriver.cuModuleLoadData(module, image));
    return module;
  }

  @Override
  public synchronized void close() {
    modules
        .values()
        .forEach(module -> context.released("cuModuleUnload", JCudaDriver.cuModuleUnload(module)));
    modules.clear();
    kernels.clear();
    permitted.clear();
  }
}
