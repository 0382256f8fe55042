package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Pages;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pages on their way from host memory to an emulated device.
final class PageGatherTest {
  private static final int BYTES = 24;
  private static final int SLOTS = 32;

  @BeforeEach
  void load() {
    Emulation.load();
  }

  private static long copies() {
    return Emulation.calls("cuMemcpyHtoDAsync_v2") + Emulation.calls("cuMemcpy2DAsync_v2");
  }

  /// Gathers pages of which each slot of either side holds one, with a gap behind it in host
  /// memory.
  ///
  /// @return how many copies that took
  private static long gather(int gap, int[] from, int[] to) {
    int distance = BYTES + gap;
    try (CudaDevice device = Emulation.open();
        CudaStream stream = device.openStream();
        CudaEvent event = device.newEvent();
        HostMemory host = device.allocateHost((long) SLOTS * distance);
        CudaBuffer pool = device.allocate(SLOTS * BYTES)) {
      byte[] wanted = new byte[SLOTS * BYTES];
      for (int i = 0; i < host.segment().byteSize(); i++) {
        host.segment().set(ValueLayout.JAVA_BYTE, i, (byte) (i % 251 + 1));
      }
      for (int page = 0; page < from.length; page++) {
        MemorySegment.copy(
            host.segment(),
            ValueLayout.JAVA_BYTE,
            (long) from[page] * distance,
            wanted,
            to[page] * BYTES,
            BYTES);
      }
      Pages pages =
          new Pages(
              BYTES,
              IntStream.of(from).mapToLong(slot -> (long) slot * distance).toArray(),
              IntStream.of(to).mapToLong(slot -> (long) slot * BYTES).toArray());
      long before = copies();
      stream.gather(pool, host.segment(), pages);
      long count = copies() - before;
      stream.record(event);
      event.await();
      byte[] there = new byte[wanted.length];
      pool.download(0, MemorySegment.ofArray(there));
      assertArrayEquals(wanted, there);
      return count;
    }
  }

  @Test
  void pagesSideBySideAreOneCopy() {
    int[] slots = IntStream.range(0, 16).toArray();
    assertEquals(1, gather(0, slots, slots));
  }

  /// Keys and values of a block follow each other in host memory, and lie apart on the device.
  @Test
  void pagesAtEqualDistancesAreOneCopy() {
    int[] slots = IntStream.range(0, 16).toArray();
    int[] everySecond = IntStream.range(0, 16).map(i -> 2 * i + 1).toArray();
    assertEquals(1, gather(8, slots, slots));
    assertEquals(1, gather(0, slots, everySecond));
    assertEquals(
        2, gather(8, slots, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23}));
  }

  @Test
  void pagesInAnyOrderArrive() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 50; round++) {
      int[] to = new int[12];
      boolean[] isTaken = new boolean[SLOTS];
      for (int i = 0; i < to.length; i++) {
        do {
          to[i] = random.nextInt(SLOTS);
        } while (isTaken[to[i]]);
        isTaken[to[i]] = true;
      }
      int[] from = random.ints(to.length, 0, SLOTS).toArray();
      gather(random.nextInt(2) * 8, from, to);
    }
  }

  @Test
  void pagesOutsideOfTheBufferAreRefused() {
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> gather(0, new int[] {0, 1}, new int[] {SLOTS - 1, SLOTS}));
  }
}
