// Blocks of the types whose quantisers search for scales: how they are packed.
#pragma once
#include "affine_fit.cuh"
#include "scaled_fit.cuh"

// Byte `at` of the two-bit fields of Q2_K, Q3_K and TQ2_0: 32 bytes hold 128 elements, a run of 32 at
// each of four shifts.
DEVICE uint8 two_bit_run(const uint8 *levels, int at) {
  uint32 packed = 0;
  for (int run = 0; run < 4; run++) {
    packed |= (levels[128 * (at / 32) + 32 * run + at % 32] & 3) << (2 * run);
  }
  return (uint8)packed;
}

// Packs the codes of scale and minimum of eight groups in the 12 bytes of Q4_K and Q5_K.
DEVICE void put_six_bit_scales(uint8 *at, const uint8 *scales, const uint8 *minima) {
  for (int group = 0; group < 4; group++) {
    uint32 scale = scales[group + 4];
    uint32 minimum = minima[group + 4];
    at[group] = (uint8)(scales[group] | scale >> 4 << 6);
    at[group + 4] = (uint8)(minima[group] | minimum >> 4 << 6);
    at[group + 8] = (uint8)((scale & 15) | (minimum & 15) << 4);
  }
}

// The low bits of two groups of 32 elements in 32 bytes, one in the low nibbles.
DEVICE uint8 nibbles_of_groups(const uint8 *levels, int at) {
  const uint8 *pair = levels + 64 * (at / 32) + at % 32;
  return (uint8)((pair[0] & 15) | pair[32] << 4);
}

// GGUF block_q2_K: 256 elements in 84 bytes: scale and minimum of a group in a byte, two-bit fields, d,
// dmin.
struct q2_k_blocks {
  static const int BYTES = 84;
  static const int GROUPS = 16;
  static const int GROUP = 16;
  static const int LARGEST = 3;
  static const int LARGEST_CODE = 15;
  typedef affine_fit<q2_k_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             const factors_t &factors) {
    block[lane] = (uint8)(found.scales[lane] | found.minima[lane] << 4);
    for (int i = lane; i < 64; i += GROUPS) {
      block[16 + i] = two_bit_run(found.levels, i);
    }
    if (lane == 0) {
      put_half(block + 80, factors.scale);
      put_half(block + 82, factors.minimum);
    }
  }
};

// What Q4_K and Q5_K begin with: d, dmin, the codes of the groups.
template <class S>
DEVICE void put_scales(uint8 *block, int lane, const S &found, const factors_t &factors) {
  if (lane == 0) {
    put_half(block, factors.scale);
    put_half(block + 2, factors.minimum);
    put_six_bit_scales(block + 4, found.scales, found.minima);
  }
}

// GGUF block_q4_K: 256 elements in 144 bytes: d, dmin, scales, then 32 bytes for two groups.
struct q4_k_blocks {
  static const int BYTES = 144;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  static const int LARGEST = 15;
  static const int LARGEST_CODE = 63;
  typedef affine_fit<q4_k_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             const factors_t &factors) {
    put_scales(block, lane, found, factors);
    for (int i = lane; i < 128; i += GROUPS) {
      block[16 + i] = nibbles_of_groups(found.levels, i);
    }
  }
};

// GGUF block_q5_K: 256 elements in 176 bytes: d, dmin, scales, a fifth bit of each group in 32 bytes,
// then 32 bytes for two groups.
struct q5_k_blocks {
  static const int BYTES = 176;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  static const int LARGEST = 31;
  static const int LARGEST_CODE = 63;
  typedef affine_fit<q5_k_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             const factors_t &factors) {
    put_scales(block, lane, found, factors);
    for (int i = lane; i < GROUP; i += GROUPS) {
      uint32 bits = 0;
      for (int group = 0; group < GROUPS; group++) {
        bits |= found.levels[GROUP * group + i] >> 4 << group;
      }
      block[16 + i] = (uint8)bits;
    }
    for (int i = lane; i < 128; i += GROUPS) {
      block[48 + i] = nibbles_of_groups(found.levels, i);
    }
  }
};

// GGUF block_q3_K: 256 elements in 110 bytes: a third bit of each run of 32 in 32 bytes, two-bit fields,
// six-bit codes of scales, d.
struct q3_k_blocks {
  static const int BYTES = 110;
  static const int GROUPS = 16;
  static const int GROUP = 16;
  static constexpr float FIRST_MULTIPLIER = -32;
  static constexpr float MULTIPLIER_STEP = 1;
  static const int MULTIPLIERS = 64;
  typedef level_codebook codebook;
  typedef scaled_fit<q3_k_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             float factor) {
    for (int i = lane; i < 32; i += GROUPS) {
      uint32 bits = 0;
      for (int run = 0; run < 8; run++) {
        bits |= (found.levels[32 * run + i] + 4) >> 2 << run;
      }
      block[i] = (uint8)bits;
    }
    for (int i = lane; i < 64; i += GROUPS) {
      block[32 + i] = two_bit_run((const uint8 *)found.levels, i);
    }
    if (lane < 8) {
      block[96 + lane] = (uint8)((found.codes[lane] & 15) | found.codes[lane + 8] << 4);
    }
    if (lane < 4) {
      uint32 upper = 0;
      for (int i = 0; i < 4; i++) {
        upper |= found.codes[lane + 4 * i] >> 4 << (2 * i);
      }
      block[104 + lane] = (uint8)upper;
    }
    if (lane == 0) {
      put_half(block + 108, factor);
    }
  }
};

// GGUF block_q6_K: 256 elements in 210 bytes: two parts of 128 elements in four runs of 32, low bits in
// 64 bytes a part, upper two bits in 32; a signed byte a group, d.
struct q6_k_blocks {
  static const int BYTES = 210;
  static const int GROUPS = 16;
  static const int GROUP = 16;
  static constexpr float FIRST_MULTIPLIER = -128;
  static constexpr float MULTIPLIER_STEP = 1;
  static const int MULTIPLIERS = 256;
  typedef level_codebook codebook;
  typedef scaled_fit<q6_k_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             float factor) {
    for (int i = lane; i < 128; i += GROUPS) {
      const signed char *low = found.levels + 128 * (i / 64) + i % 64;
      block[i] = (uint8)(((low[0] + 32) & 15) | ((low[64] + 32) & 15) << 4);
    }
    for (int i = lane; i < 64; i += GROUPS) {
      const signed char *runs = found.levels + 128 * (i / 32) + i % 32;
      uint32 upper = 0;
      for (int run = 0; run < 4; run++) {
        upper |= (runs[32 * run] + 32) >> 4 << (2 * run);
      }
      block[128 + i] = (uint8)upper;
    }
    block[192 + lane] = (uint8)(found.codes[lane] - 128);
    if (lane == 0) {
      put_half(block + 208, factor);
    }
  }
};
