package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_CONTEXT;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_FAILED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.HostMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The emulated driver refuses what real ones refuse, so that whatever runs on it keeps to the
/// rules.
final class CudaRulesTest {
  private static final int BYTES = 32;
  private static final int KIB = 1024;

  private CudaDevice device;
  private CUstream stream;
  private CudaBuffer buffer;

  @BeforeEach
  void open() {
    device = Emulation.open();
    buffer = device.allocate(BYTES);
    stream = device.stream().handle();
  }

  @AfterEach
  void close() {
    Emulation.breakWith(0);
    buffer.close();
    device.close();
  }

  private CUfunction kernel(int sharedBytes) {
    CUmodule module = new CUmodule();
    JCudaDriver.cuModuleLoadData(
        module, new PtxKernel(declared(sharedBytes), "mov.u32 %r1, buffer;", 8).image());
    CUfunction kernel = new CUfunction();
    JCudaDriver.cuModuleGetFunction(kernel, module, "test");
    return kernel;
  }

  private static String declared(int bytes) {
    return ".shared .align 16 .b8 buffer[%d];".formatted(bytes);
  }

  private int launch(CUfunction kernel, int y, int threads, int sharedBytes) {
    Pointer arguments = Pointer.to(Pointer.to(new long[] {buffer.address()}));
    return JCudaDriver.cuLaunchKernel(
        kernel, 1, y, 1, threads, 1, 1, sharedBytes, stream, arguments, null);
  }

  private static int permit(CUfunction kernel, int bytes) {
    return JCudaDriver.cuFuncSetAttribute(
        kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
  }

  @Test
  void moreSharedMemoryThanIsCommonIsGivenToWhoAsked() {
    CUfunction kernel = kernel(KIB);
    assertEquals(CUDA_SUCCESS, launch(kernel, 1, 32, 47 * KIB));
    assertEquals(CUDA_ERROR_INVALID_VALUE, launch(kernel, 1, 32, 48 * KIB));
    assertEquals(CUDA_SUCCESS, permit(kernel, 226 * KIB));
    assertEquals(CUDA_SUCCESS, launch(kernel, 1, 32, 226 * KIB));
    assertEquals(CUDA_ERROR_INVALID_VALUE, permit(kernel, 227 * KIB));
  }

  @Test
  void gridsAndBlocksHaveLimits() {
    CUfunction kernel = kernel(16);
    assertEquals(CUDA_SUCCESS, launch(kernel, 65535, 1, 0));
    assertEquals(CUDA_ERROR_INVALID_VALUE, launch(kernel, 65536, 1, 0));
    assertEquals(CUDA_ERROR_INVALID_VALUE, launch(kernel, 1, 1025, 0));
    assertEquals(CUDA_ERROR_INVALID_VALUE, launch(kernel, 1, 0, 0));
  }

  /// What a capture does not see, as it is no work of a stream.
  @Test
  void whileAStreamIsCapturedItsThreadDoesNothingElse() {
    Pointer host = Pointer.to(new byte[BYTES]);
    List<IntSupplier> calls =
        List.of(
            () -> JCudaDriver.cuMemAlloc(new Address(), BYTES),
            () -> JCudaDriver.cuMemAllocHost(new Pointer(), BYTES),
            () -> JCudaDriver.cuStreamSynchronize(stream),
            () -> JCudaDriver.cuCtxSynchronize(),
            () -> permit(kernel(16), KIB),
            () -> JCudaDriver.cuMemcpyHtoDAsync(Address.of(buffer.address()), host, BYTES, stream));
    for (IntSupplier call : calls) {
      JCudaDriver.cuStreamBeginCapture(
          stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
      assertEquals(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, call.getAsInt());
      assertNotEquals(CUDA_SUCCESS, JCudaDriver.cuStreamEndCapture(stream, new CUgraph()));
    }
  }

  /// It would wait for the device, and the device for the host.
  @Test
  void nothingStopsTheDeviceWhileAStreamWaitsForTheHost() {
    CUfunction kernel = kernel(16);
    List<IntSupplier> calls =
        List.of(
            () -> JCudaDriver.cuMemAlloc(new Address(), BYTES),
            () -> JCudaDriver.cuMemFree(Address.of(buffer.address())),
            () -> JCudaDriver.cuMemAllocHost(new Pointer(), BYTES),
            () -> JCudaDriver.cuModuleLoadData(new CUmodule(), new byte[1]),
            () -> launch(kernel, 1, 32, 0));
    try (HostMemory number = device.allocateHost(BYTES)) {
      for (IntSupplier call : calls) {
        device.stream().waitForNumber(number.segment().address(), 0);
        assertEquals(CUDA_ERROR_LAUNCH_FAILED, call.getAsInt());
        Emulation.breakWith(0);
      }
      assertEquals(CUDA_SUCCESS, launch(kernel, 1, 32, 0));
      device.stream().waitForNumber(number.segment().address(), 0);
      assertEquals(CUDA_SUCCESS, launch(kernel, 1, 32, 0), "it is loaded");
      device.stream().finish();
      assertEquals(CUDA_SUCCESS, launch(kernel(16), 1, 32, 0), "the stream was waited for");
    }
  }

  @Test
  void aThreadNamesItsContextFirst() {
    int code =
        CompletableFuture.supplyAsync(
                () -> JCudaDriver.cuMemAlloc(new Address(), BYTES),
                task -> Thread.ofPlatform().start(task))
            .join();
    assertEquals(CUDA_ERROR_INVALID_CONTEXT, code);
  }
}
