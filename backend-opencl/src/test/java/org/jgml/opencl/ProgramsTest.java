package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.jocl.CL;
import org.jocl.cl_kernel;
import org.junit.jupiter.api.Test;

final class ProgramsTest {
  private static final int MOST = 2;

  @Test
  void theProgramsThatWereAskedForLastAreKeptAndKernelsOutliveTheOthers() {
    try (OpenClDevice device = TestDevice.open();
        Programs programs = device.programs(Optional.empty(), MOST)) {
      cl_kernel first = programs.kernel(copies("uint"), "clear");
      for (String unit : List.of("uchar", "ushort", "ulong")) {
        CL.clReleaseKernel(programs.kernel(copies(unit), "clear"));
      }
      assertEquals(MOST, programs.count());
      assertClears(device, first);
      assertClears(device, programs.kernel(copies("uint"), "clear"));
      assertEquals(MOST, programs.count());
    }
  }

  private static ProgramSource copies(String unit) {
    return ProgramSource.of("copy").with("UNIT", unit);
  }

  private static void assertClears(OpenClDevice device, cl_kernel kernel) {
    long[] one = {1, 1};
    byte[] bytes = {1, 2, 3, 4};
    try (OpenClBuffer buffer = device.allocate(bytes.length)) {
      buffer.upload(0, MemorySegment.ofArray(bytes));
      Tensor y = Tensor.dense(TensorType.of(DataType.I32, 1), buffer, 0);
      new KernelArguments().tensor(y).number(1L).apply("y", kernel);
      device.queue().launch(new Launch("y", kernel, one, one));
      buffer.download(0, MemorySegment.ofArray(bytes));
    } finally {
      CL.clReleaseKernel(kernel);
    }
    assertArrayEquals(new byte[4], bytes);
  }
}
