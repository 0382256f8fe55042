package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Instructions do on the emulated device what the PTX ISA says of them, where it is easily read
/// wrong. The expected values are made by hand from it.
final class PtxInstructionsTest {
  /// Loads three words, and stores one.
  private static int result(String instruction, int a, int b, int c) {
    PtxKernel kernel =
        new PtxKernel(
            """
            ld.global.u32 %r1, [%d0]; ld.global.u32 %r2, [%d0+4]; ld.global.u32 %r3, [%d0+8];
            mov.b32 %f1, %r1; mov.b32 %f2, %r2; mov.b32 %f3, %r3;
            """
                + instruction
                + " st.global.u32 [%d0], %r4;");
    MemorySegment after = kernel.run(1, 1, 0, MemorySegment.ofArray(new int[] {a, b, c}));
    return after.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prmt.b32 %r4, %r1, %r2, %r3;     | 03020100 | 87060504 | 00007531 | 87050301",
        "prmt.b32 %r4, %r1, %r2, %r3;     | 03020100 | 87060504 | 0000008f | 000000ff",
        "dp4a.s32.s32 %r4, %r1, %r2, %r3;  | 80ff0201 | 80ff0304 | 00000005 | 00004010",
        "shf.r.wrap.b32 %r4, %r1, %r2, %r3; | 44332211 | 88776655 | 00000028 | 55443322",
        "bfi.b32 %r4, %r1, %r2, 8, 4;     | 000000ff | 0000000f | 00000000 | 00000f0f",
        "bfind.shiftamt.u32 %r4, %r1;     | 00010000 | 00000000 | 00000000 | 0000000f",
        "brev.b32 %r4, %r1;               | 00000003 | 00000000 | 00000000 | c0000000",
        "popc.b32 %r4, %r1;               | f000000f | 00000000 | 00000000 | 00000008",
        "shr.s32 %r4, %r1, 33;            | fffffff8 | 00000000 | 00000000 | ffffffff",
        "shl.b32 %r4, %r1, 32;            | 00000001 | 00000000 | 00000000 | 00000000",
        "div.s32 %r4, %r1, %r2;           | fffffff9 | 00000002 | 00000000 | fffffffd",
        "rem.s32 %r4, %r1, %r2;           | fffffff9 | 00000002 | 00000000 | ffffffff",
        "div.u32 %r4, %r1, %r2;           | fffffff9 | 00000002 | 00000000 | 7ffffffc",
      })
  void bitsAndWholeNumbers(String instruction, String a, String b, String c, String expected) {
    assertResult(instruction, a, b, c, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "copysign.f32 %f4, %f1, %f2;      | 80000000 | 40000000 | 00000000 | c0000000",
        "fma.rm.f32 %f4, %f1, %f2, %f3;   | 3f800000 | 3f800000 | b0800000 | 3f7fffff",
        "fma.rn.f32 %f4, %f1, %f2, %f3;   | 3f800000 | 3f800000 | b0800000 | 3f800000",
        "add.rz.f32 %f4, %f1, %f2;        | 3f800000 | 33ffffff | 00000000 | 3f800000",
        "add.rn.f32 %f4, %f1, %f2;        | 3f800000 | 33ffffff | 00000000 | 3f800001",
        "min.f32 %f4, %f1, %f2;           | 7fc00000 | 3f800000 | 00000000 | 3f800000",
        "max.f32 %f4, %f1, %f2;           | 80000000 | 00000000 | 00000000 | 00000000",
        "cvt.sat.f32.f32 %f4, %f1;        | 7fc00000 | 00000000 | 00000000 | 00000000",
        "ex2.approx.ftz.f32 %f4, %f1;     | c3000000 | 00000000 | 00000000 | 00000000",
        "ex2.approx.f32 %f4, %f1;         | c3000000 | 00000000 | 00000000 | 00200000",
        "rcp.approx.ftz.f32 %f4, %f1;     | 00000001 | 00000000 | 00000000 | 7f800000",
        "cvt.rni.f32.f32 %f4, %f1;        | 40200000 | 00000000 | 00000000 | 40000000",
      })
  void floats(String instruction, String a, String b, String c, String expected) {
    assertResult(instruction + " mov.b32 %r4, %f4;", a, b, c, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cvt.rzi.s32.f32 %r4, %f1;        | 4f32d05e | 00000000 | 00000000 | 7fffffff",
        "cvt.rzi.s32.f32 %r4, %f1;        | 7fc00000 | 00000000 | 00000000 | 00000000",
        "cvt.rzi.u32.f32 %r4, %f1;        | bf800000 | 00000000 | 00000000 | 00000000",
        "cvt.rni.s32.f32 %r4, %f1;        | 40200000 | 00000000 | 00000000 | 00000002",
        "cvt.rn.f16x2.f32 %r4, %f1, %f2;  | 3f800000 | 40000000 | 00000000 | 3c004000",
        "sub.rn.f16x2 %r4, %r1, %r2;      | 3c004000 | 3c003c00 | 00000000 | 00003c00",
        "cvt.u16.u32 %h1, %r1; cvt.s16.s8 %h2, %h1; cvt.s32.s16 %r4, %h2;"
            + " | 00000180 | 00000000 | 00000000 | ffffff80",
        // The byte lies in a register of four.
        "cvt.s32.s8 %r4, %r1;             | 00000180 | 00000000 | 00000000 | ffffff80",
        "cvt.u32.u8 %r4, %r1;             | 00000180 | 00000000 | 00000000 | 00000080",
        "cvt.u16.u32 %h1, %r1; mul.wide.u16 %r4, %h1, 3; | 0001ffff | 00000000 | 00000000 |"
            + " 0002fffd",
        "mov.b32 {%h1, %h2}, %r1; mov.b32 %r4, {%h2, %h1}; | 11112222 | 00000000 | 00000000 |"
            + " 22221111",
        "setp.lt.f32 %p1, %f1, %f2; selp.b32 %r4, 1, 0, %p1; | 7fc00000 | 3f800000 | 00000000 |"
            + " 00000000",
        "setp.ltu.f32 %p1, %f1, %f2; selp.b32 %r4, 1, 0, %p1; | 7fc00000 | 3f800000 | 00000000 |"
            + " 00000001",
        "atom.global.cas.b32 %r5, [%d0], %r1, %r2; bar.sync 0; ld.global.u32 %r4, [%d0]; | 00000005"
            + " | 00000007 | 00000000 | 00000007",
      })
  void conversionsAndTests(String instruction, String a, String b, String c, String expected) {
    assertResult(instruction, a, b, c, expected);
  }

  /// Numbers of the first two words in double precision.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "div.rn.f64 %e3, %e1, %e2; cvt.rn.f32.f64 %f4, %e3; | 3f800000 | 40400000 | 3eaaaaab",
        "sub.rn.f64 %e3, %e1, %e2; cvt.rn.f32.f64 %f4, %e3; | 4c000000 | 3f800000 | 4c000000",
        "sub.rn.f64 %e3, %e1, %e2; sub.rn.f64 %e3, %e1, %e3; cvt.rn.f32.f64 %f4, %e3; | 4c000000 |"
            + " 3f800000 | 3f800000",
        "neg.f64 %e3, %e1; cvt.rn.f32.f64 %f4, %e3; | 00000000 | 00000000 | 80000000",
        "setp.leu.f64 %p1, %e1, %e2; selp.f32 %f4, %f1, %f2, %p1; | 7fc00000 | 3f800000 | 7fc00000",
        "setp.le.f64 %p1, %e1, %e2; selp.f32 %f4, %f1, %f2, %p1; | 7fc00000 | 3f800000 | 3f800000",
      })
  void doubles(String instruction, String a, String b, String expected) {
    String whole =
        "cvt.f64.f32 %e1, %f1; cvt.f64.f32 %e2, %f2; " + instruction + " mov.b32 %r4, %f4;";
    assertResult(whole, a, b, "0", expected);
  }

  private static void assertResult(
      String instruction, String a, String b, String c, String expected) {
    int found = result(instruction, bits(a), bits(b), bits(c));
    assertEquals(expected, "%08x".formatted(found), instruction);
  }

  private static int bits(String digits) {
    return Integer.parseUnsignedInt(digits, 16);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "shfl.sync.up.b32 %r4|%p1, %r0, 3, 0, -1; ! 0 1 2 0",
        "shfl.sync.down.b32 %r4|%p1, %r0, 3, 31, -1; ! 3 4 5 6",
        "shfl.sync.bfly.b32 %r4|%p1, %r0, 2, 31, -1; ! 2 3 0 1",
        "shfl.sync.idx.b32 %r4|%p1, %r0, 9, 31, -1; ! 9 9 9 9",
        // Segments of two lanes.
        "shfl.sync.idx.b32 %r4|%p1, %r0, 1, 7711, -1; ! 1 1 3 3",
      })
  void lanesExchangeValues(String instruction, String expected) {
    PtxKernel kernel =
        new PtxKernel(
            instruction
                + " mul.wide.u32 %d1, %r0, 4; add.s64 %d1, %d1, %d0; st.global.u32 [%d1], %r4;");
    MemorySegment after = kernel.run(1, 32, 0, MemorySegment.ofArray(new int[1]));
    int[] found =
        IntStream.range(0, 4)
            .map(i -> after.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i))
            .toArray();
    int[] wanted = IntStream.of(0, 0, 0, 0).toArray();
    String[] parts = expected.split(" ");
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = Integer.parseInt(parts[i]);
    }
    assertArrayEquals(wanted, found);
  }

  /// Lanes leave a loop one by one, go through a function, and meet again.
  @Test
  void lanesGoWaysOfTheirOwnAndMeetAgain() {
    String function =
        """
        .func (.param .b32 out) twice(.param .b32 in) {
          .reg .b32 %r<3>;
          ld.param.u32 %r1, [in]; add.s32 %r2, %r1, %r1; st.param.b32 [out+0], %r2; ret;
        }
        """;
    String body =
        """
        mov.u32 %r1, 0; mov.u32 %r2, %r0;
        again: setp.eq.u32 %p1, %r2, 0; @%p1 bra done;
        { .param .b32 a; .param .b32 b; st.param.b32 [a+0], %r2; call.uni (b), twice, (a);
          ld.param.b32 %r3, [b+0]; }
        add.s32 %r1, %r1, %r3; sub.s32 %r2, %r2, 1; bra again;
        done: vote.sync.ballot.b32 %r5, %p1, -1;
        popc.b32 %r6, %r5; add.s32 %r1, %r1, %r6;
        mul.wide.u32 %d1, %r0, 4; add.s64 %d1, %d1, %d0; st.global.u32 [%d1], %r1;
        """;
    PtxKernel kernel = new PtxKernel(function, body, 1024);
    MemorySegment after = kernel.run(1, 32, 0, MemorySegment.ofArray(new int[1]));
    for (int lane = 0; lane < 32; lane++) {
      // Twice 1 + 2 + ... + lane, and 32 lanes that voted.
      int expected = lane * (lane + 1) + 32;
      assertEquals(expected, after.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, lane));
    }
  }
}
