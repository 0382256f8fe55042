package org.jgml.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/// A kernel in PTX that is written in a test and run by the emulated driver. It is called `test`
/// and takes one parameter, the address of `bytes` bytes.
///
/// @param declarations what comes before it in its module
record PtxKernel(String declarations, String body, int bytes) {
  private static final String HEADER = ".version 8.0\n.target sm_90a\n.address_size 64\n";

  /// What registers there are: `%p`, `%h`, `%r`, `%f`, `%d`, `%e`, 200 of each.
  private static final String REGISTERS =
      ".reg .pred %p<200>; .reg .b16 %h<200>; .reg .b32 %r<200>; .reg .f32 %f<200>;"
          + " .reg .b64 %d<200>; .reg .f64 %e<200>;\n";

  PtxKernel(String body) {
    this("", body, 1024);
  }

  private String text() {
    return HEADER
        + declarations
        + "\n.visible .entry test(.param .u64 test_param_0) .maxntid 256, 1, 1 {\n"
        + REGISTERS
        + "ld.param.u64 %d0, [test_param_0]; mov.u32 %r0, %tid.x;\n"
        + body
        + "\nret;\n}\n";
  }

  /// Its module as a driver takes it.
  byte[] image() {
    return (text() + '\0').getBytes(StandardCharsets.UTF_8);
  }

  /// The bytes after it has run on them.
  ///
  /// @throws AssertionError with what the driver has against it
  MemorySegment run(int blocks, int threads, int sharedBytes, MemorySegment memory) {
    Emulation.load();
    CUcontext context = new CUcontext();
    JCudaDriver.cuDevicePrimaryCtxRetain(context, new CUdevice());
    JCudaDriver.cuCtxSetCurrent(context);
    Address address = new Address();
    JCudaDriver.cuMemAlloc(address, bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(bytes, Long.BYTES);
      MemorySegment.copy(memory, 0, host, 0, memory.byteSize());
      Pointer hostPointer = Pointer.to(host.asByteBuffer());
      JCudaDriver.cuMemcpyHtoD(address, hostPointer, bytes);
      launch(blocks, threads, sharedBytes, Pointer.to(new long[] {address.number()}));
      JCudaDriver.cuMemcpyDtoH(hostPointer, address, bytes);
      MemorySegment result = MemorySegment.ofArray(new byte[bytes]);
      return result.copyFrom(host);
    } finally {
      Emulation.breakWith(0);
      JCudaDriver.cuMemFree(address);
    }
  }

  private void launch(int blocks, int threads, int sharedBytes, Pointer argument) {
    CUmodule module = new CUmodule();
    check(JCudaDriver.cuModuleLoadData(module, image()));
    CUfunction function = new CUfunction();
    JCudaDriver.cuModuleGetFunction(function, module, "test");
    Pointer arguments = Pointer.to(argument);
    JCudaDriver.cuLaunchKernel(
        function, blocks, 1, 1, threads, 1, 1, sharedBytes, null, arguments, null);
    int code = JCudaDriver.cuCtxSynchronize();
    JCudaDriver.cuModuleUnload(module);
    check(code);
  }

  private static void check(int code) {
    if (code != 0) {
      throw new AssertionError(Emulation.mistake());
    }
  }
}
