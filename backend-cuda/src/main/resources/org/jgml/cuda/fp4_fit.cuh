// Groups of four-bit floating-point numbers with a scale of few bits each: no group looks at another.
#pragma once
#include "scaled_fit.cuh"

// The code of a doubled number.
DEVICE uint32 fp4_code(int level) {
  int magnitude = level < 0 ? -level : level;
  uint32 code = magnitude < 4 ? magnitude : magnitude == 4 ? 4 : magnitude == 6 ? 5 : magnitude == 8 ? 6 : 7;
  return level < 0 ? code | 8 : code;
}

template <class B>
struct fp4_fit {
  typedef scaled_group<level_codebook, B::GROUP> group_t;
  struct shared_t {};

  // Writes the block of `values`; nowhere if `block` is null.
  static __device__ __forceinline__ void quantise(const codebook_t &codebook, const float *values,
                                                  int lane, shared_t &, uint8 *block) {
    if (block == 0) {
      return;
    }
    level_codebook book(codebook);
    group_t group(book);
    for (int i = 0; i < B::GROUP; i++) {
      group.values[i] = values[B::GROUP * lane + i];
    }
    int best, first, last;
    B::candidates(group, first, last, best);
    double least = group.error(B::scale_of_code(best));
#pragma unroll 1
    for (int code = first; code <= last; code++) {
      double error = group.error(B::scale_of_code(code));
      if (error < least) {
        least = error;
        best = code;
      }
    }
    group.assign(inverse_of(B::scale_of_code(best)));
    block[lane] = (uint8)best;
    uint8 *nibbles = block + B::NIBBLES + lane * B::GROUP / 2;
    for (int i = 0; i < B::GROUP / 2; i++) {
      nibbles[i] = (uint8)(fp4_code(group.levels[i]) | fp4_code(group.levels[B::GROUP / 2 + i]) << 4);
    }
  }
};
