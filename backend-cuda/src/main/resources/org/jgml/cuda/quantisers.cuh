// Blocks of the types whose quantisers search for scales: how they are packed.
#pragma once
#include "affine_fit.cuh"
#include "fp4_fit.cuh"
#include "ternary_fit.cuh"

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
                                             float factor, const codebook &) {
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
                                             float factor, const codebook &) {
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

DEVICE uint32 iq4_code(int level) {
  uint32 code = 0;
#pragma unroll 1
  while (iq4_level(code) < level) {
    code++;
  }
  return code;
}

// GGUF block_iq4_xs: 256 elements in 136 bytes: d, upper two bits of the codes of all groups, low bits
// of codes, then 16 bytes a group.
struct iq4_xs_blocks {
  static const int BYTES = 136;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  static constexpr float FIRST_MULTIPLIER = -32;
  static constexpr float MULTIPLIER_STEP = 1;
  static const int MULTIPLIERS = 64;
  typedef level_codebook codebook;
  typedef scaled_fit<iq4_xs_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             float factor, const codebook &) {
    if (lane == 0) {
      uint32 upper = 0;
      for (int group = 0; group < GROUPS; group++) {
        upper |= found.codes[group] >> 4 << (2 * group);
      }
      put_half(block, factor);
      *(uint16 *)(block + 2) = (uint16)upper;
    }
    if (lane < 4) {
      block[4 + lane] = (uint8)((found.codes[2 * lane] & 15) | (found.codes[2 * lane + 1] & 15) << 4);
    }
    for (int i = lane; i < 128; i += GROUPS) {
      const signed char *pair = found.levels + 32 * (i / 16) + i % 16;
      block[8 + i] = (uint8)(iq4_code(pair[0]) | iq4_code(pair[16]) << 4);
    }
  }
};

// GGUF block_iq2_s: 256 elements in 82 bytes: d, low bits of points, signs, upper bits of points, codes.
struct iq2_s_blocks {
  static const int BYTES = 82;
  static const int GROUPS = 16;
  static const int GROUP = 16;
  static constexpr float FIRST_MULTIPLIER = 0.125f;
  static constexpr float MULTIPLIER_STEP = 0.25f;
  static const int MULTIPLIERS = 16;
  typedef grid_codebook<768, 8, 2, 3, IQ2_VALUES, 16, false> codebook;
  typedef scaled_fit<iq2_s_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             float factor, const codebook &book) {
    if (lane == 0) {
      put_half(block, factor);
    }
#pragma unroll 1
    for (int i = lane; i < 8; i += GROUPS) {
      uint32 upper = 0;
#pragma unroll 1
      for (int j = 0; j < 4; j++) {
        const signed char *eight = found.levels + 8 * (4 * i + j);
        int point = book.point_of(eight);
        block[2 + 4 * i + j] = (uint8)point;
        block[34 + 4 * i + j] = (uint8)book.signs_of_levels(eight);
        upper |= point >> 8 << (2 * j);
      }
      block[66 + i] = (uint8)upper;
      block[74 + i] = (uint8)(found.codes[2 * i] | found.codes[2 * i + 1] << 4);
    }
  }
};

// GGUF block_iq3_xxs: 256 elements in 98 bytes: d, points, for each group 4 times 7 signs and the code.
struct iq3_xxs_blocks {
  static const int BYTES = 98;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  static constexpr float FIRST_MULTIPLIER = 0.25f;
  static constexpr float MULTIPLIER_STEP = 0.5f;
  static const int MULTIPLIERS = 16;
  typedef grid_codebook<1792, 4, 3, 8, IQ3_XXS_VALUES, 8, true> codebook;
  typedef scaled_fit<iq3_xxs_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             float factor, const codebook &book) {
    if (lane == 0) {
      put_half(block, factor);
    }
#pragma unroll 1
    for (int i = lane; i < 64; i += GROUPS) {
      block[2 + i] = (uint8)book.point_of(found.levels + 4 * i);
    }
    uint32 packed = (uint32)found.codes[lane] << 28;
    for (int i = 0; i < 4; i++) {
      packed |= (book.signs_of_levels(found.levels + 32 * lane + 8 * i) & 127) << (7 * i);
    }
    *(uint16 *)(block + 66 + 4 * lane) = (uint16)packed;
    *(uint16 *)(block + 68 + 4 * lane) = (uint16)(packed >> 16);
  }
};

// GGUF block_iq3_s: 256 elements in 110 bytes: d, low bits of points, highest bits, signs, codes.
struct iq3_s_blocks {
  static const int BYTES = 110;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  static constexpr float FIRST_MULTIPLIER = 1;
  static constexpr float MULTIPLIER_STEP = 2;
  static const int MULTIPLIERS = 16;
  typedef grid_codebook<2048, 4, 3, 8, IQ3_S_VALUES, 8, false> codebook;
  typedef scaled_fit<iq3_s_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const fit::shared_t &found,
                                             float factor, const codebook &book) {
    if (lane == 0) {
      put_half(block, factor);
    }
    uint32 highest = 0;
#pragma unroll 1
    for (int j = 0; j < 8; j++) {
      int point = book.point_of(found.levels + 32 * lane + 4 * j);
      block[2 + 8 * lane + j] = (uint8)point;
      highest |= point >> 8 << j;
    }
    block[66 + lane] = (uint8)highest;
    for (int i = lane; i < 32; i += GROUPS) {
      block[74 + i] = (uint8)book.signs_of_levels(found.levels + 8 * i);
    }
    if (lane < 4) {
      block[106 + lane] = (uint8)(found.codes[2 * lane] | found.codes[2 * lane + 1] << 4);
    }
  }
};

// GGUF block_mxfp4: 32 elements in 17 bytes: an exponent, then codes.
struct mxfp4_blocks {
  static const int BYTES = 17;
  static const int GROUPS = 1;
  static const int GROUP = 32;
  static const int NIBBLES = 1;
  typedef fp4_fit<mxfp4_blocks> fit;

  // Half the power of two, as levels are doubled.
  static __device__ __forceinline__ float scale_of_code(int exponent) {
    return __uint_as_float(exponent < 2 ? 0x00200000 << exponent : (exponent - 1) << 23);
  }

  // The exponents that are tried; the largest number is 6, between 2^2 and 2^3.
  static __device__ __forceinline__ void candidates(fit::group_t &group, int &first, int &last,
                                                    int &near) {
    float largest = fabsf(farthest_from_zero(group.values, GROUP));
    int usual = largest > 0 ? (int)(__float_as_uint(largest) >> 23) - 2 : 0;
    near = max(0, usual - 1);
    first = near + 1;
    last = min(254, usual + 1);
  }
};

// GGUF block_nvfp4: 64 elements in 36 bytes: a scale a group of 16, then codes, 8 bytes a group.
struct nvfp4_blocks {
  static const int BYTES = 36;
  static const int GROUPS = 4;
  static const int GROUP = 16;
  static const int NIBBLES = 4;
  static const int LARGEST_CODE = 126;
  typedef fp4_fit<nvfp4_blocks> fit;

  static __device__ __forceinline__ float scale_of_code(int code) { return nvfp4_scale(code); }

  // Two codes on either side of that of the best scale.
  static __device__ __forceinline__ void candidates(fit::group_t &group, int &first, int &last,
                                                    int &near) {
    group.search(false);
    near = 0;
#pragma unroll 1
    while (near < LARGEST_CODE && scale_of_code(near + 1) <= group.scale) {
      near++;
    }
    first = max(0, near - 2);
    last = min(LARGEST_CODE, near + 2);
  }
};

// GGUF block_tq1_0: 256 elements in 54 bytes: five trits a byte of elements 32 and then 16 apart, four
// a byte of the last 16, then d. A byte is a fraction in base three, in 256ths and rounded up.
struct tq1_0_blocks {
  static const int BYTES = 54;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  typedef ternary_fit<tq1_0_blocks> fit;

  static __device__ __forceinline__ uint8 packed(const uint8 *trits, int stride, int count) {
    int state = 0;
    for (int i = 0; i < 5; i++) {
      state = 3 * state + (i < count ? trits[i * stride] : 0);
    }
    return (uint8)((256 * state + 242) / 243);
  }

  static __device__ __forceinline__ void put(uint8 *block, int lane, const uint8 *trits, float scale) {
    for (int i = lane; i < 32; i += GROUPS) {
      block[i] = packed(trits + i, 32, 5);
    }
    for (int i = lane; i < 16; i += GROUPS) {
      block[32 + i] = packed(trits + 160 + i, 16, 5);
    }
    if (lane < 4) {
      block[48 + lane] = packed(trits + 240 + lane, 4, 4);
    }
    if (lane == 0) {
      put_half(block + 52, scale);
    }
  }
};

// GGUF block_tq2_0: 256 elements in 66 bytes: two-bit fields, d.
struct tq2_0_blocks {
  static const int BYTES = 66;
  static const int GROUPS = 8;
  static const int GROUP = 32;
  typedef ternary_fit<tq2_0_blocks> fit;

  static __device__ __forceinline__ void put(uint8 *block, int lane, const uint8 *trits, float scale) {
    for (int i = lane; i < 64; i += GROUPS) {
      block[i] = two_bit_run(trits, i);
    }
    if (lane == 0) {
      put_half(block + 64, scale);
    }
  }
};
