// The matrix instruction of a warpgroup (capability 9.0): 4 warps add the product of 64 x 16 and
// 16 x 256 halves to 64 x 256 floats. Both factors lie in shared memory, their rows 128 bytes apart
// and swizzled, and are named by descriptors. Products run on while threads go on.
//
// A warp holds 16 rows of the sum, laid out as after mma.m16n8k16, in 32 pieces of 8 columns (PTX
// ISA, wgmma.mma_async).
#pragma once
#include "asynchronous.cuh"

#define GROUP_PIECES 32

// Rows in groups of 8 that follow each other, 128-byte swizzle; `at` lies at a multiple of 1024
// bytes, or 32, 64 or 96 behind.
DEVICE uint64 descriptor_of(const void *at) {
  uint64 start = (shared_address(at) & 0x3ffff) >> 4;
  uint64 leading = 1;
  uint64 stride = 1024 >> 4;
  uint64 swizzle = 1;
  return start | leading << 16 | stride << 32 | swizzle << 62;
}

#define ONE_PIECE_(j) "+f"(sums[j][0]), "+f"(sums[j][1]), "+f"(sums[j][2]), "+f"(sums[j][3])
#define PIECES_4_(j) ONE_PIECE_(j), ONE_PIECE_(j + 1), ONE_PIECE_(j + 2), ONE_PIECE_(j + 3)
#define PIECES_16_(j) PIECES_4_(j), PIECES_4_(j + 4), PIECES_4_(j + 8), PIECES_4_(j + 12)

DEVICE void multiply_add_group(float sums[GROUP_PIECES][4], uint64 left, uint64 right) {
  asm volatile(
      "{.reg .pred add; setp.ne.b32 add, %130, 0; "
      "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
      "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
      "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
      "%128, %129, add, 1, 1, 0, 0;}"
      : PIECES_16_(0), PIECES_16_(16)
      : "l"(left), "l"(right), "r"(1));
}

// Comes before the first product that uses registers which something else has written.
DEVICE void begin_products() {
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

DEVICE void commit_products() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

// Waits for all groups of products but the last LEFT.
template <int LEFT>
DEVICE void await_products() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" :: "n"(LEFT) : "memory");
}

// Waits for all; sums can be read afterwards.
DEVICE void finish_products(float sums[GROUP_PIECES][4]) {
  asm volatile("wgmma.wait_group.sync.aligned 0;" : PIECES_16_(0), PIECES_16_(16) :: "memory");
}

// Makes what this thread has written to shared memory visible to products.
DEVICE void publish_to_products() {
  asm volatile("fence.proxy.async;" ::: "memory");
}
