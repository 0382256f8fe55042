package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The emulated device finds mistakes that are planted in kernels, and has nothing against the same
/// kernels without them.
final class PtxMistakesTest {
  /// A kernel with a place for what is wrong, and what it must be told for.
  ///
  /// @param wrong the line that is wrong, or that leaves something out
  /// @param right the line that is right, or null
  private record Planted(
      String message,
      String declarations,
      String body,
      String wrong,
      String right,
      int blocks,
      int threads) {
    Planted blocks(int count) {
      return new Planted(message, declarations, body, wrong, right, count, threads);
    }

    Planted threads(int count) {
      return new Planted(message, declarations, body, wrong, right, blocks, count);
    }

    PtxKernel kernel(String line) {
      return new PtxKernel(declarations, body.replace("HERE", line), 16384);
    }

    @Override
    public String toString() {
      return message;
    }
  }

  private static final String SHARED = ".shared .align 16 .b8 buffer[4096];";

  /// Four bytes of each thread in shared memory: `%r2`, and those of its neighbour: `%r3`.
  private static final String SLOTS =
      """
      mov.u32 %r1, buffer; shl.b32 %r2, %r0, 2; add.s32 %r2, %r2, %r1;
      xor.b32 %r3, %r0, 1; shl.b32 %r3, %r3, 2; add.s32 %r3, %r3, %r1;
      """;

  private static Planted planted(String message, String body, String wrong, String right) {
    return new Planted(message, SHARED, body, wrong, right, 1, 32);
  }

  private static List<Planted> mistakes() {
    List<Planted> all = new ArrayList<>();
    all.addAll(addresses());
    all.addAll(races());
    all.addAll(divergence());
    all.addAll(copies());
    all.addAll(products());
    return all;
  }

  private static List<Planted> addresses() {
    return List.of(
        planted("load 0x", "HERE", "ld.global.u32 %r1, [%d0+2];", "ld.global.u32 %r1, [%d0+4];"),
        planted("is not aligned", "HERE", "ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%d0+8];", null),
        planted(
            "is outside of all allocations",
            "HERE",
            "mov.u64 %d0, 4096; st.global.u32 [%d0], %r0;",
            "ld.global.u32 %r1, [%d0+16380];"),
        planted(
            "goes beyond the end of its allocation",
            "HERE",
            "ld.global.u64 %d1, [%d0+16380];",
            null),
        planted(
            "is outside of shared memory",
            "mov.u32 %r1, buffer; HERE",
            "st.shared.u32 [%r1+4096], 1;",
            "setp.eq.u32 %p9, %r0, 99; @%p9 st.shared.u32 [%r1+4096], 1;"),
        planted(
            "is outside of local memory",
            ".local .align 8 .b8 mine[16]; mov.u64 %d1, mine; cvta.local.u64 %d2, %d1; HERE",
            "st.u32 [%d2+16], 1;",
            "st.u32 [%d2+12], 1; ld.local.u32 %r1, [%d1+12];"),
        planted(
            "is outside of the parameters",
            "mov.b64 %d1, test_param_0; HERE",
            "ld.param.u64 %d2, [%d1+8];",
            "ld.param.u64 %d2, [%d1];"),
        planted(
            "writes parameters",
            "mov.b64 %d1, test_param_0; cvta.param.u64 %d2, %d1; HERE",
            "st.u64 [%d2], 1;",
            "ld.u64 %d3, [%d2];"),
        planted(
            "is an address of another space",
            "HERE",
            "cvta.to.local.u64 %d1, %d0;",
            "cvta.to.global.u64 %d1, %d0;"),
        new Planted(
            "writes a constant",
            ".global .align 4 .b8 table[8] = {1, 2, 3, 4, 5, 6, 7, 8};",
            "mov.u64 %d1, table; HERE",
            "st.global.u32 [%d1+4], 1;",
            "ld.global.u32 %r1, [%d1+4];",
            1,
            32),
        planted("divides by zero", "HERE div.u32 %r1, 7, %r0;", "", "add.s32 %r0, %r0, 1;"),
        planted("blocks of 257 threads, not at most 256", "", "", null).threads(257),
        new Planted(
            "runs beyond the end of its code",
            ".func endless() { .reg .b32 %r<2>; mov.u32 %r1, 1; }"
                + " .func ending() { .reg .b32 %r<2>; mov.u32 %r1, 1; ret; }",
            "HERE",
            "call.uni endless;",
            "call.uni ending;",
            1,
            32));
  }

  private static List<Planted> races() {
    String exchange = SLOTS + "st.shared.u32 [%r2], %r0; HERE ld.shared.u32 %r4, [%r3];";
    return List.of(
        planted(
            "reads shared memory that was never written",
            SLOTS + "HERE ld.shared.u32 %r4, [%r2];",
            "",
            "st.shared.u32 [%r2], 1;"),
        planted("reads shared memory that another thread has written", exchange, "", "bar.sync 0;"),
        planted(
            "reads shared memory that another thread has written, without a barrier",
            exchange,
            "shfl.sync.bfly.b32 %r5|%p1, %r0, 1, 31, -1;",
            "bar.warp.sync -1;"),
        planted(
                "shared memory that another thread has",
                SLOTS.replace("%r0, 1;", "%r0, 32;")
                    + "st.shared.u32 [%r2], 0; bar.sync 0; st.shared.u32 [%r2], %r0; HERE"
                    + " ld.shared.u32 %r4, [%r3];",
                "bar.warp.sync -1;",
                "bar.sync 0;")
            .threads(64),
        planted(
            "writes shared memory that another thread has read",
            SLOTS
                + "st.shared.u32 [%r2], %r0; bar.sync 0; ld.shared.u32 %r4, [%r3]; HERE"
                + " st.shared.u32 [%r2], 1;",
            "",
            "bar.sync 0;"),
        planted(
            "writes shared memory that another thread has written",
            SLOTS + "HERE st.shared.u32 [%r1], %r0;",
            "",
            "mov.u32 %r1, %r2;"),
        planted(
                "writes what another block of the launch has written",
                "mov.u32 %r1, %ctaid.x; mul.wide.u32 %d1, %r1, 128; mul.wide.u32 %d2, %r0, 4;"
                    + " add.s64 %d3, %d0, %d2; HERE st.global.u32 [%d3], %r0;",
                "",
                "add.s64 %d3, %d3, %d1;")
            .blocks(2),
        planted(
                "writes what another block of the launch has read",
                "mov.u32 %r1, %ctaid.x; setp.eq.u32 %p1, %r1, 0; setp.eq.u32 %p2, %r0, 0;"
                    + " mov.u64 %d3, %d0; HERE @%p1 ld.global.u32 %r2, [%d0];"
                    + " not.pred %p1, %p1; and.pred %p1, %p1, %p2;"
                    + " @%p1 st.global.u32 [%d3], %r0;",
                "",
                "add.s64 %d3, %d3, 4;")
            .blocks(2),
        planted(
            "writes what another thread has read, without a barrier between",
            "setp.eq.u32 %p1, %r0, 0; ld.global.u32 %r2, [%d0]; HERE"
                + " @%p1 st.global.u32 [%d0], %r0;",
            "",
            "bar.warp.sync -1;"),
        planted(
            "reads what another thread has written",
            "mul.wide.u32 %d2, %r0, 4; add.s64 %d3, %d0, %d2; st.global.u32 [%d3], %r0; HERE"
                + " ld.global.u32 %r1, [%d0];",
            "",
            "bar.sync 0;"));
  }

  private static List<Planted> divergence() {
    return List.of(
        planted(
            "waits for the block with some lanes of a warp only",
            "setp.lt.u32 %p1, %r0, 7; HERE bar.sync 0;",
            "@%p1",
            ""),
        planted(
            "waits for lanes of its warp that are not there",
            "setp.lt.u32 %p1, %r0, 7; HERE bar.sync 0; ret; other: bar.sync 0;",
            "@%p1 bra other;",
            ""),
        planted(
                "waits for the block where other warps do not",
                "setp.lt.u32 %p1, %r0, 32; HERE bar.sync 0; ret; other: bar.sync 0;",
                "@%p1 bra other;",
                "")
            .threads(64),
        planted(
                "takes the value of lane 16, which is not there",
                "HERE",
                "shfl.sync.idx.b32 %r1|%p1, %r0, 16, 31, -1;",
                "shfl.sync.idx.b32 %r1|%p1, %r0, 15, 31, -1;")
            .threads(16),
        planted(
            "is not among the lanes that it waits for",
            "HERE",
            "vote.sync.ballot.b32 %r1, %p1, 255;",
            "vote.sync.ballot.b32 %r1, %p1, -1;"),
        planted(
                "ldmatrix without lanes of the warp",
                SLOTS
                    + "HERE ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r4, %r5, %r6, %r7}, [%r1];",
                "",
                null)
            .threads(16),
        planted(
            "is not aligned",
            SLOTS
                + "st.shared.u32 [%r2], 0; bar.sync 0;"
                + " HERE ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r4, %r5, %r6, %r7}, [%r1];",
            "add.s32 %r1, %r1, 8;",
            "add.s32 %r1, %r1, 16;"));
  }

  private static List<Planted> copies() {
    String copy =
        """
        mov.u32 %r1, buffer; shl.b32 %r2, %r0, 4; add.s32 %r2, %r2, %r1;
        xor.b32 %r3, %r0, 1; shl.b32 %r3, %r3, 4; add.s32 %r3, %r3, %r1;
        shl.b32 %r4, %r0, 4; cvt.u64.u32 %d1, %r4; add.s64 %d1, %d1, %d0;
        """;
    String issue = "cp.async.cg.shared.global [%r2], [%d1], 16; cp.async.commit_group; ";
    return List.of(
        planted(
            "reads what an asynchronous copy brings before it was waited for",
            copy + issue + "HERE ld.shared.u32 %r5, [%r2];",
            "cp.async.wait_group 1;",
            "cp.async.wait_group 0;"),
        planted(
            "reads shared memory that another thread has written",
            copy + issue + "cp.async.wait_group 0; HERE ld.shared.u32 %r5, [%r3];",
            "",
            "bar.sync 0;"),
        planted(
            "writes where an asynchronous copy is on its way",
            copy + issue + "HERE st.shared.u32 [%r2], 1;",
            "",
            "cp.async.wait_group 0;"),
        planted(
            "cp.async from",
            copy + "HERE cp.async.cg.shared.global [%r2], [%d1], 16;",
            "add.s64 %d1, %d1, 4;",
            ""));
  }

  /// A product of 64 x 16 by 16 x 256 halves: left 8 KiB from the begin of shared memory on, right
  /// 32 KiB, all zeros. What stands for FENCE, PUBLISH, WAIT and READ can be left out.
  private static Planted product(String message, String line, String wrong, String right) {
    String sums =
        IntStream.range(0, 128).mapToObj(i -> "%f" + i).collect(Collectors.joining(", ", "{", "}"));
    String body =
        """
        mov.u32 %r1, memory; sub.s32 %r2, 0, %r1; and.b32 %r2, %r2, 1023; add.s32 %r1, %r1, %r2;
        shl.b32 %r3, %r0, 4; add.s32 %r3, %r3, %r1; mov.u32 %r4, 0;
        again: st.shared.v4.u32 [%r3], {0, 0, 0, 0}; add.s32 %r3, %r3, 2048;
        add.s32 %r4, %r4, 1; setp.lt.u32 %p1, %r4, 20; @%p1 bra again;
        PUBLISH
        bar.sync 0;
        and.b32 %r5, %r1, 262143; shr.u32 %r5, %r5, 4; cvt.u64.u32 %d1, %r5;
        or.b64 %d2, %d1, 4611686293305360384; add.s64 %d3, %d2, 512;
        mov.b64 %d4, 4611686293305360384;
        FENCE
        setp.eq.u32 %p2, 0, 0;
        wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16 SUMS, %d2, %d3, %p2, 1, 1, 0, 0;
        wgmma.commit_group.sync.aligned;
        WAIT
        READ
        wgmma.wait_group.sync.aligned 0;
        """
            .replace("SUMS", sums)
            .replace(line, "HERE");
    body =
        body.replace("PUBLISH", "fence.proxy.async;")
            .replace("FENCE", "wgmma.fence.sync.aligned;")
            .replace("WAIT", "wgmma.wait_group.sync.aligned 0;")
            .replace("READ", "add.rn.f32 %f150, %f3, %f4;");
    String memory = ".extern .shared .align 16 .b8 memory[];";
    return new Planted(message, memory, body, wrong, right, 1, 128);
  }

  private static List<Planted> products() {
    return List.of(
        product(
            "a product reads what no fence.proxy.async has published",
            "PUBLISH",
            "",
            "fence.proxy.async;"),
        product("a product without wgmma.fence before", "FENCE", "", "wgmma.fence.sync.aligned;"),
        product(
            "uses a register in which a product is summed",
            "WAIT",
            "wgmma.wait_group.sync.aligned 1;",
            "wgmma.wait_group.sync.aligned 0;"),
        product(
            "writes what a product still reads",
            "WAIT",
            "st.shared.u32 [%r1], 1;",
            "wgmma.wait_group.sync.aligned 0;"),
        product(
            "a matrix descriptor of another swizzle",
            "setp.eq.u32 %p2, 0, 0;",
            "setp.eq.u32 %p2, 0, 0; and.b64 %d2, %d2, 1152921504606846975;",
            null),
        product(
            "ends with products that were not waited for",
            "WAIT\nREAD\nwgmma.wait_group.sync.aligned 0;",
            "",
            "wgmma.wait_group.sync.aligned 0;"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aPlantedMistakeIsFound(Planted planted) {
    PtxKernel kernel = planted.kernel(planted.wrong);
    AssertionError error = assertThrows(AssertionError.class, () -> run(planted, kernel));
    assertTrue(error.getMessage().contains(planted.message), error.getMessage());
    boolean hasPlace = error.getMessage().contains("line ") || planted.threads > 256;
    assertTrue(error.getMessage().startsWith("test: ") && hasPlace, error.getMessage());
    if (planted.right != null) {
      run(planted, planted.kernel(planted.right));
    }
  }

  private static void run(Planted planted, PtxKernel kernel) {
    MemorySegment memory = MemorySegment.ofArray(new int[4096]);
    int sharedBytes = kernel.declarations().contains(".extern") ? 42 << 10 : 0;
    kernel.run(planted.blocks, planted.threads, sharedBytes, memory);
  }
}
