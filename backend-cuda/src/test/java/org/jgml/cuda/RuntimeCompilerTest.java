package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs compiled at run time: with an emulated NVRTC, or with the real one that
/// `-Djgml.cuda.nvrtc=FILE` names, of whose machine code ELF's first bytes are looked at.
final class RuntimeCompilerTest {
  private static final String REAL = System.getProperty("jgml.cuda.nvrtc");

  @TempDir private Path cache;

  @BeforeEach
  void load() {
    Emulation.load();
    if (REAL == null) {
      System.setProperty("jgml.cuda.nvrtc", Emulation.compiler().toString());
    }
    System.setProperty("jgml.cuda.cache", cache.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty("jgml.cuda.cache");
    if (REAL == null) {
      System.clearProperty("jgml.cuda.nvrtc");
    }
  }

  private static RuntimeCompiler compiler() {
    return RuntimeCompiler.of("cuda:0", DeviceProfile.of("cuda:0", 0));
  }

  private static void requireEmulation() {
    Assumptions.assumeTrue(REAL == null, "the emulated device runs no machine code");
  }

  @Test
  void aDeviceRunsWhatWasCompiledForIt() {
    requireEmulation();
    try (CudaDevice device =
            Emulation.open(new CudaOptions(Products.TENSOR, true, true, true, false));
        CudaBuffer buffer = device.allocate(32);
        var chain = CudaDeviceTest.chain(device, buffer, 5)) {
      buffer.upload(0, MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6, 7, 8}));
      chain.run();
      float[] result = new float[8];
      buffer.download(0, MemorySegment.ofArray(result));
      assertArrayEquals(new float[] {32, 64, 96, 128, 160, 192, 224, 256}, result);
    }
  }

  @Test
  void aProgramIsCompiledOnceAndKept() throws Exception {
    requireEmulation();
    Program program = Program.matmulVector(DataType.Q4_K);
    long before = compiled();
    byte[] code = compiler().of(program);
    assertArrayEquals(code, compiler().of(program));
    assertEquals(1, compiled() - before);
    compiler().of(Program.matmulVector(DataType.Q6_K));
    assertEquals(2, compiled() - before);
    try (Stream<Path> files = Files.list(cache)) {
      assertEquals(2, files.count());
    }
  }

  private static long compiled() {
    return (long) Emulation.call("emulation_compiled", ValueLayout.JAVA_LONG);
  }

  @Test
  void whatTheCompilerSaysIsToldWithTheProgram() {
    requireEmulation();
    DeviceException error =
        assertThrows(
            DeviceException.class, () -> compiler().of(Program.matmulVector(DataType.I64)));
    assertEquals(
        "cuda:0: NVRTC 12.0 refuses matmul_vector -DFORMAT=i64: matmul_vector.cu(1): error: no such"
            + " format; 1 error detected. Fix: leave jgml.cuda.compiler out, or use another"
            + " toolkit.",
        error.getMessage());
  }

  @Test
  void aDeviceThatTheCompilerDoesNotKnowIsNamed() {
    DeviceProfile future = new DeviceProfile(0, "future", 99, 0, 1, 1 << 16, true);
    DeviceException error =
        assertThrows(DeviceException.class, () -> RuntimeCompiler.of("cuda:0", future));
    assertTrue(error.getMessage().contains("not for 990. Fix: install a newer CUDA toolkit"));
  }

  @Test
  void aMissingLibraryIsNamedWithTheWayToGetIt() {
    String before = System.getProperty("jgml.cuda.nvrtc");
    System.setProperty("jgml.cuda.nvrtc", cache.resolve("libnvrtc.so.12").toString());
    try {
      DeviceException error = assertThrows(DeviceException.class, RuntimeCompilerTest::compiler);
      assertTrue(
          error.getMessage().contains("Fix: install libnvrtc.so.12 of a CUDA toolkit 12"),
          error.getMessage());
    } finally {
      System.setProperty("jgml.cuda.nvrtc", before);
    }
  }

  /// Takes a minute or two.
  @Test
  void nvrtcCompilesEveryProgram() {
    Assumptions.assumeTrue(REAL != null, "no libnvrtc.so.12 is named by jgml.cuda.nvrtc");
    byte[] elf = {0x7f, 'E', 'L', 'F'};
    int share = Integer.getInteger("jgml.cuda.share", 16);
    List<Program> programs = Program.all();
    for (int i = 0; i < programs.size(); i += share) {
      byte[] code = compiler().of(programs.get(i));
      assertArrayEquals(elf, Arrays.copyOf(code, 4), programs.get(i)::toString);
    }
  }

  @Test
  void anUnknownCompilerIsRefusedByName() {
    DeviceException error =
        assertThrows(DeviceException.class, () -> CudaOptions.compilesHere("nvcc"));
    assertEquals(
        "jgml.cuda.compiler is 'nvcc'. Fix: choose one of driver, nvrtc.", error.getMessage());
  }
}
