package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Pages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Copies of several streams of an OpenCL device, ordered by events.
final class OpenClStreamTest {
  private static final int BYTES = 1 << 20;
  private static final int ROUNDS = 20;

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
  void whatOneStreamUploadsAnotherSeesAfterTheEvent() {
    byte[] pattern = new byte[BYTES];
    try (DeviceStream other = device.openStream();
        DeviceEvent uploaded = device.newEvent();
        DeviceEvent arrived = device.newEvent();
        OpenClBuffer buffer = device.allocate(BYTES);
        HostMemory source = device.allocateHost(BYTES);
        HostMemory target = device.allocateHost(BYTES)) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        new Random(seed).nextBytes(pattern);
        source.segment().copyFrom(MemorySegment.ofArray(pattern));
        other.upload(buffer, 0, source.segment());
        other.record(uploaded);
        device.mainStream().waitFor(uploaded);
        device.mainStream().download(buffer, 0, target.segment());
        device.mainStream().record(arrived);
        arrived.await();
        assertEquals(-1, target.segment().mismatch(source.segment()), "seed " + seed);
        assertTrue(uploaded.isReached() && arrived.isReached());
      }
    }
  }

  @Test
  void pagesAreGatheredToTheirPlaces() {
    try (OpenClBuffer buffer = device.allocate(64);
        HostMemory source = device.allocateHost(64)) {
      for (int i = 0; i < 64; i++) {
        source.segment().set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) i);
      }
      Pages pages = new Pages(8, new long[] {40, 0}, new long[] {0, 16});
      device.mainStream().gather(buffer, source.segment(), pages);
      device.synchronise();
      byte[] bytes = new byte[24];
      buffer.download(0, MemorySegment.ofArray(bytes));
      assertEquals(40, bytes[0]);
      assertEquals(47, bytes[7]);
      assertEquals(0, bytes[8]);
      assertEquals(7, bytes[23]);
    }
  }

  @Test
  void anEventThatWasNeverRecordedIsReached() {
    try (DeviceEvent event = device.newEvent()) {
      assertTrue(event.isReached());
      event.await();
      device.mainStream().waitFor(event);
      device.synchronise();
    }
  }

  @Test
  void aClosedBufferIsRefusedByStreams() {
    OpenClBuffer buffer = device.allocate(64);
    buffer.close();
    try (HostMemory host = device.allocateHost(64)) {
      assertThrows(
          IllegalStateException.class, () -> device.mainStream().upload(buffer, 0, host.segment()));
    }
  }

  @Test
  void memoryThatIsTakenIsNoLongerFree() {
    long before = device.memory().freeBytes();
    try (OpenClBuffer buffer = device.allocate(BYTES)) {
      assertEquals(before - buffer.bytes(), device.memory().freeBytes());
    }
    assertEquals(before, device.memory().freeBytes());
  }
}
