package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceMemoryException;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Repeat;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.jocl.CL;
import org.jocl.cl_kernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes wrong on an OpenCL device is named, and the device works on afterwards.
final class OpenClErrorsTest {
  private OpenClDevice device;

  @BeforeEach
  void open() {
    device = TestDevice.open();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  @Test
  void aKernelThatDoesNotCompileIsNamedWithFileAndLine() {
    ProgramSource source =
        ProgramSource.of("functions", "unary").with("CASES", "").with("TYPE", "no_such");
    BuildException problem =
        assertThrows(BuildException.class, () -> device.programs().kernel(source, "unary"));
    assertContains(problem, "clBuildProgram returned CL_BUILD_PROGRAM_FAILURE");
    assertContains(problem, "unary.cl:7");
    assertContains(problem, "no_such");
    assertTrue(problem.log().contains("no_such"), problem.log());
    assertDeviceWorks();
  }

  @Test
  void tooMuchMemoryIsRefusedWithNeedAndHave() {
    DeviceMemoryException problem =
        assertThrows(DeviceMemoryException.class, () -> device.allocate(1L << 60));
    assertEquals(1L << 60, problem.neededBytes());
    assertTrue(problem.availableBytes() < 1L << 60, problem.getMessage());
    assertContains(problem, "1,152,921,504,606,846,976 bytes");
    assertDeviceWorks();
  }

  @Test
  void memoryIsFreeAgainOnceBuffersAreClosed() {
    long half = device.memory().totalBytes() / 2;
    long piece = Math.min(half / 8, 1L << 30);
    for (long taken = 0; taken < 3 * half; taken += piece) {
      device.reserve(piece).close();
    }
    assertDeviceWorks();
  }

  @Test
  void aLaunchThatTheDriverRefusesIsNamedWithCallCodeAndNode() {
    cl_kernel kernel =
        device.programs().kernel(ElementwiseKernels.functions(DataType.F32), "unary");
    Launch launch = new Launch("node 'y'", kernel, new long[] {16, 1}, new long[] {16, 1});
    // No argument is set.
    OpenClException problem =
        assertThrows(OpenClException.class, () -> device.queue().launch(launch));
    CL.clReleaseKernel(kernel);
    assertEquals("clEnqueueNDRangeKernel", problem.call());
    assertContains(problem, "CL_INVALID_KERNEL_ARGS");
    assertContains(problem, "node 'y'");
    assertContains(problem, "[16, 1]");
    assertDeviceWorks();
  }

  @Test
  void groupsThatAreTooLargeAreRefusedByName() {
    OpenClException problem =
        assertThrows(
            OpenClException.class,
            () -> launchNeg(new long[] {1L << 30, 1}, new long[] {1L << 30, 1}));
    assertTrue(problem.getMessage().contains("CL_INVALID_WORK_"), problem.getMessage());
    assertDeviceWorks();
  }

  private void launchNeg(long[] global, long[] local) {
    cl_kernel kernel =
        device.programs().kernel(ElementwiseKernels.functions(DataType.F32), "unary");
    try (OpenClBuffer buffer = device.allocate(1 << 10)) {
      Tensor x = Tensor.dense(TensorType.of(DataType.F32, 1), buffer, 0);
      new KernelArguments()
          .tensor(x)
          .tensor(x)
          .number(1L)
          .number(0)
          .vector(0, 0, 0, 0)
          .apply("y", kernel);
      device.queue().launch(new Launch("node 'y'", kernel, global, local));
      device.synchronise();
    } finally {
      CL.clReleaseKernel(kernel);
    }
  }

  @Test
  void aNodeWithoutKernelsIsRefusedBeforeAnythingIsBuilt() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, 1, 1, 1, 2);
    Node y = g.named("y").apply(new Repeat(Shape.of(1, 1, 1, 2, 2)), x);
    try (OpenClBuffer buffer = device.allocate(2048)) {
      Step step =
          new Step(
              y, List.of(Tensor.dense(x.type(), buffer, 0)), Tensor.dense(y.type(), buffer, 1024));
      DeviceException problem =
          assertThrows(DeviceException.class, () -> device.compile(new Segment(List.of(step))));
      assertContains(problem, "more than 4 axes");
      assertContains(problem, "'y'");
    }
    assertDeviceWorks();
  }

  @Test
  void aDeviceThatWasClosedDoesNotTouchAnother() {
    try (OpenClDevice other = TestDevice.open()) {
      assertDeviceWorks();
      device.close();
      assertEquals(-18, UnaryRun.lastNegated(other));
    }
  }

  private void assertDeviceWorks() {
    assertEquals(-18, UnaryRun.lastNegated(device));
  }

  private static void assertContains(Throwable problem, String text) {
    assertTrue(problem.getMessage().contains(text), problem.getMessage());
  }
}
