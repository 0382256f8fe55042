package org.jgml.cuda;

import static org.jgml.cuda.CudaDeviceTest.chain;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceMemoryException;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.GetRows;
import org.jgml.core.op.Input;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes wrong in the driver, and what users are told.
final class CudaErrorTest {
  private static final int INVALID_VALUE = 1;
  private static final int OUT_OF_MEMORY = 2;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int LAUNCH_OUT_OF_RESOURCES = 701;
  private static final long MEMORY = 4L << 30;

  @BeforeEach
  void load() {
    Emulation.load();
  }

  @AfterEach
  void heal() {
    Emulation.breakWith(0);
    Emulation.setMemory(MEMORY);
  }

  @Test
  void outOfMemorySaysWhatThereIsAndWhatToDo() {
    Emulation.setMemory(8 << 20);
    try (CudaDevice device = Emulation.open()) {
      DeviceMemoryException error =
          assertThrows(DeviceMemoryException.class, () -> device.allocate(9 << 20));
      assertTrue(
          error
              .getMessage()
              .startsWith("cuda:0: needs 9,437,184 bytes, but its free memory is 8,388,608"));
      assertTrue(error.getMessage().contains("Fix: use a shorter context"));
    }
  }

  @Test
  void aStickyErrorEndsTheDeviceAndSaysSoFromThenOn() {
    try (CudaDevice device = Emulation.open()) {
      Buffer buffer = device.allocate(32);
      Executable executable = chain(device, buffer, 1);
      Emulation.breakWith(ILLEGAL_ADDRESS);
      // A driver may tell of an error with any later call.
      DeviceException error =
          assertThrows(
              DeviceException.class,
              () -> {
                executable.run();
                buffer.download(0, MemorySegment.ofArray(new byte[4]));
              });
      assertTrue(error.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), error.getMessage());
      assertTrue(
          error.getMessage().contains("of 4,294,967,296 bytes of memory were free before"),
          error.getMessage());
      assertTrue(error.getMessage().contains("the device is lost"), error.getMessage());
      Emulation.breakWith(0);
      DeviceException later = assertThrows(DeviceException.class, executable::run);
      assertTrue(later.getMessage().contains("is lost since an earlier error"));
      executable.close();
      buffer.close();
    }
  }

  /// Each call that runs make, failing once with an error that leaves the device as it is.
  @Test
  void everyFailedCallIsNamedWithItsDeviceResultAndMemory() {
    for (String function :
        List.of(
            "cuLaunchKernel",
            "cuMemcpyHtoDAsync_v2",
            "cuMemcpyDtoHAsync_v2",
            "cuStreamSynchronize",
            "cuGraphLaunch",
            "cuMemAlloc_v2",
            "cuMemsetD8Async",
            "cuEventRecord",
            "cuStreamWaitEvent",
            "cuEventSynchronize")) {
      try (CudaDevice device = Emulation.open();
          CudaBuffer buffer = device.allocate(32);
          CudaEvent event = device.newEvent();
          Executable executable = chain(device, buffer, 5)) {
        executable.run();
        executable.run();
        Emulation.fail(function, INVALID_VALUE);
        CudaException error =
            assertThrows(
                CudaException.class, () -> everyCall(device, buffer, event, executable), function);
        String call = function.replace("_v2", "");
        assertTrue(
            error.getMessage().startsWith("cuda:0: " + call)
                && error.getMessage().contains(" returned CUDA_ERROR_INVALID_VALUE ("),
            error.getMessage());
        assertTrue(
            error.getMessage().contains(" of 4,294,967,296 bytes of memory are free. Fix: "),
            error.getMessage());
        // The device goes on.
        everyCall(device, buffer, event, executable);
      }
    }
  }

  private static void everyCall(
      CudaDevice device, Buffer buffer, CudaEvent event, Executable executable) {
    try (Executable fresh = chain(device, buffer, 1)) {
      fresh.run();
    }
    executable.run();
    device.allocate(1 << 20).close();
    device.mainStream().record(event);
    device.mainStream().waitFor(event);
    event.await();
    device.mainStream().upload(buffer, 0, MemorySegment.ofArray(new byte[4]));
    buffer.download(0, MemorySegment.ofArray(new byte[4]));
  }

  @Test
  void aFailureWhileAGraphIsMadeIsToldAsItIs() {
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(32);
        Executable executable = chain(device, buffer, 5)) {
      executable.run();
      Emulation.fail("cuLaunchKernel", INVALID_VALUE);
      CudaException error = assertThrows(CudaException.class, executable::run);
      assertTrue(error.getMessage().contains("cuLaunchKernel of scale"), error.getMessage());
      executable.run();
    }
  }

  @Test
  void hostMemoryThatIsNotThereIsNotTheDevices() {
    try (CudaDevice device = Emulation.open()) {
      device.allocate(32).close();
      Emulation.fail("cuMemAllocHost_v2", OUT_OF_MEMORY);
      DeviceException error =
          assertThrows(DeviceException.class, () -> device.allocateHost(1 << 20));
      assertTrue(
          error.getMessage().contains("the host has no 1,048,576 bytes"), error.getMessage());
    }
  }

  /// Results near those after which a device is lost.
  @Test
  void aDeviceIsNotLostBecauseALaunchAsksForTooMuch() {
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(32);
        Executable executable = chain(device, buffer, 1)) {
      Emulation.fail("cuLaunchKernel", LAUNCH_OUT_OF_RESOURCES);
      assertThrows(CudaException.class, executable::run);
      executable.run();
    }
  }

  @Test
  void anIndexOutOfRangeNamesTheNode() {
    TensorType table = TensorType.of(DataType.F32, 4, 8);
    TensorType indices = TensorType.of(DataType.I32, 2);
    GraphBuilder g = new GraphBuilder();
    Node node =
        g.named("rows")
            .apply(new GetRows(), g.apply(new Input(table)), g.apply(new Input(indices)));
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(1024)) {
      buffer.upload(512, MemorySegment.ofArray(new int[] {1, 9}));
      Step step =
          new Step(
              node,
              List.of(Tensor.dense(table, buffer, 0), Tensor.dense(indices, buffer, 512)),
              Tensor.dense(node.type(), buffer, 640));
      try (Executable executable = device.compile(new Segment(List.of(step)))) {
        executable.run();
        device.synchronise();
        DeviceException error = assertThrows(DeviceException.class, executable::check);
        assertTrue(error.getMessage().contains("index 9 is out of range"), error.getMessage());
        assertTrue(error.getMessage().contains("rows"), error.getMessage());
        executable.check();
      }
    }
  }
}
