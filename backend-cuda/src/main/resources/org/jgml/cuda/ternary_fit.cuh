// The scale for which a block is nearest to -1, 0 and 1: TernaryFit.java of the core. Lanes sort
// magnitudes by counting.
#pragma once
#include "codebooks.cuh"

template <class B>
struct ternary_fit {
  static const int ELEMENTS = B::GROUPS * B::GROUP;

  struct shared_t {
    float magnitudes[ELEMENTS];
    float sorted[ELEMENTS];
    uint8 trits[ELEMENTS];
  };

  // How many magnitudes come before the one at `at`; NaN comes last.
  static __device__ __forceinline__ int rank_of(const float *magnitudes, int at) {
    uint32 own = __float_as_uint(magnitudes[at]);
    int rank = 0;
UNROLL_SOME
    for (int i = 0; i < ELEMENTS; i++) {
      uint32 other = __float_as_uint(magnitudes[i]);
      rank += other < own || (other == own && i < at) ? 1 : 0;
    }
    return rank;
  }

  // If the values that are kept are known, the scale is the mean of their magnitudes. They are the k
  // largest, for the k that makes (sum of k magnitudes)^2 / k largest.
  static __device__ __forceinline__ float scale_of(const float *sorted) {
    double sum = 0;
    double best = 0;
    double scale = 0;
#pragma unroll 1
    for (int kept = 1; kept <= ELEMENTS; kept++) {
      sum += sorted[ELEMENTS - kept];
      if (sum * sum / kept > best) {
        best = sum * sum / kept;
        scale = sum / kept;
      }
    }
    return nearest_half((float)scale);
  }

  // Writes the block of `values`; nowhere if `block` is null.
  static __device__ __forceinline__ void quantise(const codebook_t &, const float *values, int lane,
                                                  shared_t &shared, uint8 *block) {
#pragma unroll 1
    for (int i = lane; i < ELEMENTS; i += B::GROUPS) {
      shared.magnitudes[i] = fabsf(values[i]);
    }
    __syncwarp();
#pragma unroll 1
    for (int i = lane; i < ELEMENTS; i += B::GROUPS) {
      shared.sorted[rank_of(shared.magnitudes, i)] = shared.magnitudes[i];
    }
    __syncwarp();
    float scale = scale_of(shared.sorted);
    float inverse = inverse_of(scale);
#pragma unroll 1
    for (int i = lane; i < ELEMENTS; i += B::GROUPS) {
      float scaled = values[i] * inverse;
      shared.trits[i] = scaled > 0.5f ? 2 : scaled < -0.5f ? 0 : 1;
    }
    __syncwarp();
    if (block != 0) {
      B::put(block, lane, shared.trits, scale);
    }
  }
};
