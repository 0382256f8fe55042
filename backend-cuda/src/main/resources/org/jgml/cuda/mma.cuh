// The matrix instruction of tensor cores: a warp adds the product of 16 x 16 and 16 x 8 halves to
// 16 x 8 floats.
//
// With g = lane / 4 and t = lane % 4, a lane holds of the left matrix rows g and g + 8, columns 2t,
// 2t + 1, 2t + 8 and 2t + 9; of the right one these as rows, and column g; of the sum rows g and
// g + 8, columns 2t and 2t + 1 (PTX ISA, mma.m16n8k16).
#pragma once
#include "common.cuh"

#ifdef __CUDACC__
DEVICE void multiply_add(float sum[4], const uint32 left[4], const uint32 right[2]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}
#else
// Half `i` of a pair.
DEVICE float half_of(unsigned long long pair, int i) {
  return half_to_float((uint16)(pair >> (16 * i)));
}

DEVICE void multiply_add(float sum[4], const uint32 left[4], const uint32 right[2]) {
  unsigned long long lefts[4][WARP];
  unsigned long long rights[2][WARP];
  for (int i = 0; i < 4; i++) {
    emulation_gather(left[i], lefts[i]);
  }
  for (int i = 0; i < 2; i++) {
    emulation_gather(right[i], rights[i]);
  }
  int lane = threadIdx.x % WARP;
  for (int c = 0; c < 4; c++) {
    int row = lane / 4 + c / 2 * 8;
    int column = lane % 4 * 2 + c % 2;
    float total = sum[c];
    for (int k = 0; k < 16; k++) {
      int t = k % 8 / 2;
      float a = half_of(lefts[row / 8 + k / 8 * 2][row % 8 * 4 + t], k % 2);
      float b = half_of(rights[k / 8][column * 4 + t], k % 2);
      total = fmaf(a, b, total);
    }
    sum[c] = total;
  }
}
#endif
