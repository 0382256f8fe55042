package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Input;
import org.jgml.core.op.Scale;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A device beside its kernels: memory, graphs and errors, on the emulated driver.
final class CudaDeviceTest {
  private static final long MEMORY = 4L << 30;
  private static final CudaOptions POOLED =
      new CudaOptions(Products.TENSOR, true, false, true, true);

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
  void everyDeviceOfTheDriverIsOffered() {
    BackendProvider.Discovery found = Emulation.discover();
    assertEquals(
        List.of("cuda:0", "cuda:1"), found.onlyByName().stream().map(Device::name).toList());
    assertEquals("9.0", found.onlyByName().getFirst().facts().get("compute capability"));
  }

  /// A chain of steps, so that there is a graph to record.
  static Executable chain(CudaDevice device, Buffer buffer, int steps) {
    TensorType type = TensorType.of(DataType.F32, 8);
    GraphBuilder g = new GraphBuilder();
    List<Step> list = new ArrayList<>();
    Tensor tensor = Tensor.dense(type, buffer, 0);
    for (int i = 0; i < steps; i++) {
      Node node = g.apply(new Scale(2, 0), g.apply(new Input(type)));
      list.add(new Step(node, List.of(tensor), tensor));
    }
    return device.compile(new Segment(list));
  }

  @Test
  void replayedGraphsDoWhatTheFirstRunDid() {
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(32);
        Executable executable = chain(device, buffer, 5)) {
      for (int run = 0; run < 4; run++) {
        buffer.upload(0, MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6, 7, run}));
        executable.run();
        float[] result = new float[8];
        buffer.download(0, MemorySegment.ofArray(result));
        assertArrayEquals(
            new float[] {32, 64, 96, 128, 160, 192, 224, 32 * run}, result, "run " + run);
      }
    }
  }

  @Test
  void anotherStreamCopiesAndTheMainOneWaitsForIt() {
    try (CudaDevice device = Emulation.open();
        CudaStream stream = device.openStream();
        CudaEvent event = device.newEvent();
        HostMemory host = device.allocateHost(32);
        CudaBuffer buffer = device.allocate(32)) {
      float[] values = {1, 2, 3, 4, 5, 6, 7, 8};
      assertTrue(event.isReached(), "an event that was never recorded counts as reached");
      host.segment().copyFrom(MemorySegment.ofArray(values));
      stream.upload(buffer, 0, host.segment());
      stream.record(event);
      device.mainStream().waitFor(event);
      device.mainStream().download(buffer, 16, host.segment().asSlice(0, 16));
      device.mainStream().record(event);
      event.await();
      assertTrue(event.isReached());
      assertEquals(5, host.segment().get(ValueLayout.JAVA_FLOAT, 0));
      assertEquals(5, host.segment().get(ValueLayout.JAVA_FLOAT, 16));
    }
  }

  @Test
  void ofTwoUploadsToOnePlaceTheLaterStays() {
    try (CudaDevice device = Emulation.open();
        CudaBuffer buffer = device.allocate(16)) {
      for (int run = 0; run < 4; run++) {
        buffer.upload(0, MemorySegment.ofArray(new float[] {1, 2, 3, 4}));
        buffer.upload(4, MemorySegment.ofArray(new float[] {run, -run}));
        float[] result = new float[4];
        buffer.download(0, MemorySegment.ofArray(result));
        assertArrayEquals(new float[] {1, run, -run, 4}, result, "run " + run);
      }
    }
  }

  @Test
  void freedMemoryServesTheNextAndIsZeroedAgain() {
    try (CudaDevice device = Emulation.open(POOLED)) {
      long address;
      try (CudaBuffer first = device.allocate(1000)) {
        address = first.address();
        first.upload(0, MemorySegment.ofArray(new byte[] {1, 2, 3}));
      }
      try (CudaBuffer second = device.allocate(1001)) {
        assertEquals(address, second.address());
        byte[] bytes = new byte[3];
        second.download(0, MemorySegment.ofArray(bytes));
        assertArrayEquals(new byte[3], bytes);
      }
    }
  }

  @Test
  void whatIsKeptForLaterIsGivenUpBeforeMemoryRunsOut() {
    Emulation.setMemory(64 << 20);
    try (CudaDevice device = Emulation.open(POOLED)) {
      device.allocate(40 << 20).close();
      device.allocate(30 << 20).close();
    }
  }

  @Test
  void whatIsWrittenToABufferIsThereBeforeItsMemoryIsGivenBack() {
    try (CudaDevice device = Emulation.open();
        CudaBuffer other = device.allocate(16)) {
      CudaBuffer buffer = device.allocate(16);
      buffer.upload(0, MemorySegment.ofArray(new float[] {1, 2, 3, 4}));
      buffer.close();
      float[] result = new float[4];
      other.download(0, MemorySegment.ofArray(result));
      assertArrayEquals(new float[4], result);
    }
  }

  @Test
  void withoutThePoolABufferIsAnAllocationOfItsOwn() {
    try (CudaDevice device = Emulation.open()) {
      device.mainStream().finish();
      long before = Emulation.allocated();
      try (CudaBuffer buffer = device.allocate(1001)) {
        assertEquals(
            before + 1001 + MemoryPool.OVERRUN_BYTES, Emulation.allocated(), buffer::toString);
      }
      assertEquals(before, Emulation.allocated());
    }
  }
}
