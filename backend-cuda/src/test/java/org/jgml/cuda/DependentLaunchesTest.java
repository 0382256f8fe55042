package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_NOT_SUPPORTED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Launches that begin before the one before them has ended: which are, what they must not do, and
/// what becomes of them where a driver refuses them.
final class DependentLaunchesTest {
  private static final int STEPS = 5;
  private static final String WAIT = "griddepcontrol.wait;";
  private static final CudaOptions IN_ORDER =
      new CudaOptions(Products.TENSOR, true, false, false, false);

  @BeforeEach
  void load() {
    Emulation.load();
  }

  @AfterEach
  void heal() {
    Emulation.breakWith(0);
  }

  private static long early() {
    return Emulation.calls("cuLaunchKernelEx");
  }

  /// Norms of the same eight numbers, each in the place of the one before.
  private static Executable chain(CudaDevice device, Buffer buffer) {
    GraphBuilder g = new GraphBuilder();
    Node node = g.input("x", DataType.F32, 1, 8);
    Tensor tensor = Tensor.dense(node.type(), buffer, 0);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      node = g.apply(new RmsNorm(0.5f, false), node);
      steps.add(new Step(node, List.of(tensor), tensor));
    }
    return device.compile(new Segment(steps));
  }

  /// What the chain makes of eight numbers in a run of its launches one by one, and in two as a
  /// graph.
  private static List<float[]> results(CudaDevice device) {
    List<float[]> results = new ArrayList<>();
    try (Buffer buffer = device.allocate(32);
        Executable chain = chain(device, buffer)) {
      for (int run = 0; run < 3; run++) {
        buffer.upload(0, MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6, 7, 8}));
        chain.run();
        float[] result = new float[8];
        buffer.download(0, MemorySegment.ofArray(result));
        results.add(result);
      }
    }
    return results;
  }

  private static void assertSameResults(CudaDevice device) {
    List<float[]> results = results(device);
    try (CudaDevice inOrder = Emulation.open(IN_ORDER)) {
      List<float[]> wanted = results(inOrder);
      for (int i = 0; i < wanted.size(); i++) {
        assertArrayEquals(wanted.get(i), results.get(i), "run " + i);
      }
    }
  }

  /// What is before the first of a segment may be a copy, or a number that the stream waits for.
  @Test
  void allLaunchesOfASegmentButTheFirstBeginEarly() {
    try (CudaDevice device = Emulation.open()) {
      long before = early();
      results(device);
      assertEquals(2 * (STEPS - 1), early() - before, "in the first run, and in the capture");
      assertSameResults(device);
    }
  }

  @Test
  void noneDoesWhereTheyAreSwitchedOff() {
    try (CudaDevice device = Emulation.open(IN_ORDER)) {
      long before = early();
      results(device);
      assertEquals(before, early());
      assertEquals("not used: switched off", device.facts().get("dependent launches"));
    }
  }

  @Test
  void devicesBeforeCapability9HaveNone() {
    DeviceProfile ada = new DeviceProfile(0, "Ada", 8, 9, 1, 1 << 16, true);
    CudaOptions options = Emulation.options(Products.TENSOR);
    assertEquals(
        "not used: needs compute capability 9.0", DependentLaunches.of(ada, options).text());
    assertEquals("used", DependentLaunches.of(DeviceProfile.of("cuda:0", 0), options).text());
  }

  /// `cuGraphInstantiateWithFlags` comes after the first run, and is tried again.
  @ParameterizedTest
  @ValueSource(strings = {"cuLaunchKernelEx", "cuGraphInstantiateWithFlags"})
  void whereADriverRefusesThemLaunchesComeInOrder(String call) {
    try (CudaDevice device = Emulation.open()) {
      Emulation.fail(call, CUDA_ERROR_NOT_SUPPORTED);
      assertSameResults(device);
      assertFalse(device.dependents().areUsed());
      assertTrue(device.dependents().text().contains("CUDA_ERROR_NOT_SUPPORTED"));
      long before = early();
      results(device);
      assertEquals(before, early());
    }
  }

  /// What the emulated driver has against a kernel that is launched early, or not.
  private static String mistake(String body, boolean isEarly) {
    PtxKernel ptx =
        new PtxKernel(
            ".global .align 4 .b8 table[4] = {1, 2, 3, 4};" + " .shared .align 16 .b8 buffer[512];",
            body,
            1024);
    try (CudaDevice device = Emulation.open();
        CudaBuffer buffer = device.allocate(1024);
        Arena arena = Arena.ofConfined()) {
      CUmodule module = new CUmodule();
      JCudaDriver.cuModuleLoadData(module, ptx.image());
      KernelHandle kernel = new KernelHandle();
      JCudaDriver.cuModuleGetFunction(kernel, module, "test");
      MemorySegment argument = arena.allocateFrom(ValueLayout.JAVA_LONG, buffer.address());
      Geometry geometry = Geometry.of(32, 0, 2, 1, 1);
      DependentLaunches early = isEarly ? device.dependents() : null;
      new Launch("test", kernel, geometry, argument, early).enqueue(device.stream());
      int code = JCudaDriver.cuCtxSynchronize();
      Emulation.breakWith(0);
      return code == 0 ? "" : Emulation.mistake();
    }
  }

  private static void assertMistake(String message, String body) {
    String mistake = mistake(body, true);
    assertTrue(mistake.contains(message), () -> body + ": " + mistake);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ld.global.u32 %r1, [%d0];",
        "ld.u32 %r1, [%d0];",
        "st.global.u32 [%d0], %r1;",
        "atom.global.add.u32 %r1, [%d0], 1;",
        "mov.u32 %r1, buffer; shl.b32 %r2, %r0, 4; add.s32 %r1, %r1, %r2;"
            + " cp.async.cg.shared.global [%r1], [%d0], 16;",
        "setp.eq.u32 %p1, %r0, 7; @%p1 ld.global.u32 %r1, [%d0];",
      })
  void memoryIsNotTouchedBeforeTheWait(String access) {
    assertMistake("is made before griddepcontrol.wait", access + WAIT);
  }

  /// The grids before may not have ended then, which the next launch counts on.
  @Test
  void everyThreadWaitsBeforeItEnds() {
    assertMistake("ends without griddepcontrol.wait", "");
    assertMistake("thread 7: ends without", "setp.eq.u32 %p1, %r0, 7; @%p1 ret;" + WAIT);
    assertMistake("ends without", "setp.eq.u32 %p1, %r0, 7; @!%p1 " + WAIT);
    assertEquals("", mistake("", false), "nothing is said of what begins in order");
  }

  /// Whether it waits must not depend on how it is launched.
  @Test
  void aKernelThatWaitsKeepsToTheRulesHoweverItIsLaunched() {
    assertTrue(mistake("ld.global.u32 %r1, [%d0];" + WAIT, false).contains("before"));
  }

  @Test
  void untilTheWaitArgumentsConstantsAndTheBlocksOwnMemoryAreUsed() {
    String prologue =
        "mov.u64 %d1, table; ld.global.u32 %r1, [%d1]; mov.u32 %r2, buffer;"
            + " shl.b32 %r3, %r0, 2; add.s32 %r2, %r2, %r3; st.shared.u32 [%r2], %r1;"
            + " prefetch.L2 [%d0+1020];";
    String launch = "griddepcontrol.launch_dependents;";
    assertEquals("", mistake(prologue + WAIT + launch + "ld.global.u32 %r1, [%d0];", true));
  }

  @Test
  void whatIsPrefetchedIsThere() {
    assertMistake("prefetch 0x", "mov.u64 %d3, 4096; prefetch.L2 [%d3];" + WAIT);
  }

  /// A program either waits in each of its kernels, or in none.
  @Test
  void theKernelsOfProgramsThatCanBeDependentWait() {
    for (Ptx ptx : Ptx.all()) {
      String[] kernels = ptx.recorded().split("\\.entry ");
      for (int i = 1; i < kernels.length; i++) {
        boolean waits = kernels[i].contains(WAIT);
        assertEquals(
            ptx.architecture().equals(Architecture.from(90)),
            waits,
            ptx + kernels[i].substring(0, 40));
      }
    }
  }
}
