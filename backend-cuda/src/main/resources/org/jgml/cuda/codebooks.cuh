// The integers that elements can be, before they are scaled: Levels.java and GridCodebook.java of the
// core, which has the tables.
#pragma once
#include "fit.cuh"

// What FittedBlocks.java writes: ratios by which a search stretches the codebook, and the table by which
// the nearest integers are found.
struct codebook_t {
  const float *stretches;
  const uint8 *table;
  int stretch_count;
  int table_count;
  int smallest;
  int largest;
};

// A few integers, whatever the other elements are: the table has the nearest for each half.
struct level_codebook {
  codebook_t facts;

  __device__ __forceinline__ level_codebook(const codebook_t &facts) : facts(facts) {}

  // Finds the integers nearest to values times `inverse`.
  template <int GROUP>
  __device__ __forceinline__ void assign(const float *values, float inverse, signed char *levels) const {
UNROLL_SOME
    for (int i = 0; i < GROUP; i++) {
      int bin = (int)(2 * (values[i] * inverse - facts.smallest));
      levels[i] = ((const signed char *)facts.table)[limited(bin, 0, facts.table_count - 1)];
    }
  }
};
