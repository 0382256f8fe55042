package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The emulated device finds reads of memory that holds nothing, or nothing any more.
final class PtxMemoryTest {
  private static final String READ_ELSEWHERE =
      "ld.global.u64 %d1, [%d0]; ld.global.u32 %r1, [%d1+64];";

  @BeforeEach
  void load() {
    Emulation.load();
  }

  @AfterEach
  void end() {
    Emulation.setSuite(false);
  }

  @Test
  void memoryThatNobodyHasWrittenIsNotRead() {
    try (CudaDevice device = Emulation.open();
        CudaBuffer buffer = device.create(128)) {
      PtxKernel kernel = new PtxKernel(READ_ELSEWHERE);
      MemorySegment memory = MemorySegment.ofArray(new long[] {buffer.address()});
      AssertionError error = assertThrows(AssertionError.class, () -> kernel.run(1, 1, 0, memory));
      assertTrue(error.getMessage().contains("reads memory that nobody"), error.getMessage());
      buffer.upload(64, MemorySegment.ofArray(new byte[4]));
      device.synchronise();
      kernel.run(1, 1, 0, memory);
    }
  }

  /// The suite puts bytes that are all ones where no tensor is.
  @Test
  void bytesOfNoTensorAreNotRead() {
    byte[] memory = new byte[1024];
    Arrays.fill(memory, 64, 128, (byte) -1);
    readAt(96, MemorySegment.ofArray(memory));
    Emulation.setSuite(true);
    for (int wrong : new int[] {72, 96, 112}) {
      AssertionError error =
          assertThrows(AssertionError.class, () -> readAt(wrong, MemorySegment.ofArray(memory)));
      assertTrue(error.getMessage().contains("belong to no tensor"), error.getMessage());
    }
    readAt(120, MemorySegment.ofArray(memory));
    readAt(56, MemorySegment.ofArray(memory));
    readAt(128, MemorySegment.ofArray(memory));
  }

  private static void readAt(int offset, MemorySegment memory) {
    new PtxKernel("ld.global.v2.u32 {%r1, %r2}, [%d0+" + offset + "];").run(1, 1, 0, memory);
  }

  @Test
  void memoryThatWasFreedIsNotUsed() {
    try (CudaDevice device = Emulation.open()) {
      Address gone = new Address();
      JCudaDriver.cuMemAlloc(gone, 4096);
      JCudaDriver.cuMemFree(gone);
      PtxKernel kernel = new PtxKernel(READ_ELSEWHERE);
      MemorySegment memory = MemorySegment.ofArray(new long[] {gone.number()});
      AssertionError error =
          assertThrows(AssertionError.class, () -> kernel.run(1, 1, 0, memory), device::name);
      assertTrue(error.getMessage().contains("is in memory that was freed"), error.getMessage());
    }
  }
}
