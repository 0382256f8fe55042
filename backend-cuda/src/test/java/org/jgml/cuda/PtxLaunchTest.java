package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the number of a launch changes on the emulated device.
final class PtxLaunchTest {
  /// A launch can be run again by its number.
  @Test
  void aMistakeNamesItsLaunch() {
    Emulation.load();
    PtxKernel kernel = new PtxKernel("ld.global.u32 %r1, [%d0+2];");
    MemorySegment memory = MemorySegment.ofArray(new int[16]);
    Emulation.setFirstLaunch(10);
    try {
      AssertionError error = assertThrows(AssertionError.class, () -> kernel.run(1, 1, 0, memory));
      assertTrue(error.getMessage().endsWith(" (launch 10)"), error.getMessage());
    } finally {
      Emulation.setFirstLaunch(0);
    }
  }

  /// Who counts on a register that nobody has written gets another result in the next launch.
  @Test
  void registersThatWereNeverWrittenHoldSomethingElseInEachLaunch() {
    PtxKernel kernel = new PtxKernel("st.global.u32 [%d0], %r150;");
    Set<Integer> found = new HashSet<>();
    try {
      for (int launch = 0; launch < 2; launch++) {
        Emulation.load();
        Emulation.setFirstLaunch(launch);
        MemorySegment result = kernel.run(1, 1, 0, MemorySegment.ofArray(new int[16]));
        found.add(result.get(ValueLayout.JAVA_INT_UNALIGNED, 0));
      }
    } finally {
      Emulation.setFirstLaunch(0);
    }
    assertEquals(Set.of(-1, 0x7f7f7f7f), found);
  }
}
