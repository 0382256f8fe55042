// Values of the types of GGUF files: `read16` gives 16 elements of a row from `i` on, a multiple of
// 16. Integers become floats without conversions, which are slow: a byte in the mantissa of 2^23.
#pragma once
#include "common.cuh"

#define TWO_TO_23 8388608.0f

// Four words from any byte on.
DEVICE void load_words(const uint8 *at, uint32 words[4]) {
  const uint32 *from = (const uint32 *)((uint64)at & ~3ull);
  uint32 shift = ((uint32)(uint64)at & 3) * 8;
#pragma unroll
  for (int j = 0; j < 4; j++) {
    words[j] = from[j];
  }
  if (shift != 0) {
    uint32 next = from[4];
#pragma unroll
    for (int j = 0; j < 3; j++) {
      words[j] = __funnelshift_r(words[j], words[j + 1], shift);
    }
    words[3] = __funnelshift_r(words[3], next, shift);
  }
}

DEVICE float half_at(const uint8 *at) {
  return half_to_float(*(const uint16 *)at);
}

// Byte `k` of a word, a number from 0 to 255, less `offset`.
DEVICE float byte_float(uint32 word, int k, float offset) {
  return __uint_as_float(__byte_perm(word, 0x4b000000, 0x7440 | k)) - (TWO_TO_23 + offset);
}

// 16 levels from 0 to 255 as `scale * (level - offset) + bias`.
DEVICE void put_levels(const uint32 words[4], float scale, float offset, float bias, float *out) {
#pragma unroll
  for (int j = 0; j < 16; j++) {
    out[j] = fmaf(scale, byte_float(words[j / 4], j % 4, offset), bias);
  }
}

// 16 signed bytes.
DEVICE void put_signed(const uint32 words[4], float scale, float *out) {
#pragma unroll
  for (int j = 0; j < 16; j++) {
    out[j] = scale * byte_float(words[j / 4] ^ 0x80808080u, j % 4, 128);
  }
}

DEVICE void mask_words(uint32 words[4], uint32 shift, uint32 mask) {
#pragma unroll
  for (int j = 0; j < 4; j++) {
    words[j] = words[j] >> shift & mask;
  }
}

template <class T>
struct plain_format {
  static const int BLOCK = 1;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
#pragma unroll
    for (int j = 0; j < 16; j++) {
      out[j] = T::get(row, (int64)i + j);
    }
  }
};

struct f32_format {
  static const int BLOCK = 1;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
#pragma unroll
    for (int j = 0; j < 16; j += 4) {
      load4<f32_t>(row, (int64)i + j, (int64)i + 16, out + j);
    }
  }
};

// Two-byte types: two loads of 16 bytes where the row begins at a multiple of 16.
template <class T>
struct short_format {
  static const int BLOCK = 1;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *from = row + (int64)i * 2;
    if (((uint64)from & 15) != 0) {
      plain_format<T>::read16(row, i, out);
      return;
    }
    uint4 parts[2] = {((const uint4 *)from)[0], ((const uint4 *)from)[1]};
#pragma unroll
    for (int part = 0; part < 2; part++) {
      uint32 words[4] = {parts[part].x, parts[part].y, parts[part].z, parts[part].w};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        uint16 pair[2] = {(uint16)words[j], (uint16)(words[j] >> 16)};
        out[8 * part + 2 * j] = T::get((const uint8 *)pair, 0);
        out[8 * part + 2 * j + 1] = T::get((const uint8 *)pair, 1);
      }
    }
  }
};

struct f16_format : short_format<f16_t> {};
struct bf16_format : short_format<bf16_t> {};

// GGUF block_q4_0: 32 elements in 18 bytes: a half, then nibbles, elements 0 to 15 in the low ones.
struct q4_0_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 18;
    uint32 words[4];
    load_words(block + 2, words);
    mask_words(words, i % 32 < 16 ? 0 : 4, 0x0f0f0f0f);
    put_levels(words, half_at(block), 8, 0, out);
  }
};

// GGUF block_q4_1: 32 elements in 20 bytes: scale and minimum as halves, then nibbles.
struct q4_1_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 20;
    uint32 words[4];
    load_words(block + 4, words);
    mask_words(words, i % 32 < 16 ? 0 : 4, 0x0f0f0f0f);
    put_levels(words, half_at(block), 0, half_at(block + 2), out);
  }
};

// Levels of Q5_0 and Q5_1: nibbles, and above them bit j of four bytes for element j.
DEVICE void five_bit_levels(const uint8 *bits, const uint8 *nibbles, uint32 part, uint32 words[4]) {
  uint32 fifth = *(const uint16 *)(bits + 2 * part);
  load_words(nibbles, words);
  mask_words(words, 4 * part, 0x0f0f0f0f);
#pragma unroll
  for (int j = 0; j < 4; j++) {
    uint32 four = fifth >> (4 * j) & 15;
    // Bit b of four moves to bit 8 b + 4.
    words[j] |= (four & 1) << 4 | (four & 2) << 11 | (four & 4) << 18 | (four & 8) << 25;
  }
}

// GGUF block_q5_0: 32 elements in 22 bytes: a half, 32 fifth bits, then nibbles.
struct q5_0_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 22;
    uint32 words[4];
    five_bit_levels(block + 2, block + 6, i % 32 / 16, words);
    put_levels(words, half_at(block), 16, 0, out);
  }
};

// GGUF block_q5_1: 32 elements in 24 bytes: scale and minimum, 32 fifth bits, then nibbles.
struct q5_1_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 24;
    uint32 words[4];
    five_bit_levels(block + 4, block + 8, i % 32 / 16, words);
    put_levels(words, half_at(block), 0, half_at(block + 2), out);
  }
};

// GGUF block_q8_0: 32 elements in 34 bytes: a half, then signed bytes.
struct q8_0_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 34;
    uint32 words[4];
    load_words(block + 2 + i % 32, words);
    put_signed(words, half_at(block), out);
  }
};

// GGUF block_q2_K: 256 elements in 84 bytes: a byte a group of 16, two-bit levels, d, dmin.
struct q2_k_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 84;
    uint32 group = i % 256 / 16;
    uint32 words[4];
    load_words(block + 16 + 32 * (group / 8) + 16 * (group % 2), words);
    mask_words(words, 2 * (group % 8 / 2), 0x03030303);
    float scale = half_at(block + 80) * (block[group] & 15);
    put_levels(words, scale, 0, -half_at(block + 82) * (block[group] >> 4), out);
  }
};

// GGUF block_q3_K: 256 elements in 110 bytes: third bits, two-bit levels, scales, d.
struct q3_k_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 110;
    uint32 group = i % 256 / 16;
    int low = block[96 + group % 8] >> (4 * (group / 8)) & 15;
    int upper = block[104 + group % 4] >> (2 * (group / 4)) & 3;
    uint32 words[4];
    uint32 thirds[4];
    load_words(block + 32 + 32 * (group / 8) + 16 * (group % 2), words);
    load_words(block + 16 * (group % 2), thirds);
    mask_words(words, 2 * (group % 8 / 2), 0x03030303);
    mask_words(thirds, group / 2, 0x01010101);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      words[j] |= thirds[j] << 2;
    }
    put_levels(words, half_at(block + 108) * ((low | upper << 4) - 32), 4, 0, out);
  }
};

// The 12 bytes of Q4_K and Q5_K that hold a scale and a minimum of six bits for each of 8 groups.
DEVICE int six_bit_scale(const uint8 *scales, uint32 group) {
  return group < 4 ? scales[group] & 63
                   : (scales[group + 4] & 15) | scales[group - 4] >> 6 << 4;
}

DEVICE int six_bit_minimum(const uint8 *scales, uint32 group) {
  return group < 4 ? scales[group + 4] & 63
                   : scales[group + 4] >> 4 | scales[group] >> 6 << 4;
}

// GGUF block_q4_K: 256 elements in 144 bytes: d, dmin, scales, then 32 bytes for two groups of 32.
struct q4_k_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 144;
    uint32 group = i % 256 / 32;
    uint32 words[4];
    load_words(block + 16 + 32 * (group / 2) + i % 32, words);
    mask_words(words, 4 * (group % 2), 0x0f0f0f0f);
    float scale = half_at(block) * six_bit_scale(block + 4, group);
    put_levels(words, scale, 0, -half_at(block + 2) * six_bit_minimum(block + 4, group), out);
  }
};

// GGUF block_q5_K: 256 elements in 176 bytes: as Q4_K, with 32 bytes of fifth bits before the nibbles.
struct q5_k_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 176;
    uint32 group = i % 256 / 32;
    uint32 words[4];
    uint32 fifths[4];
    load_words(block + 48 + 32 * (group / 2) + i % 32, words);
    load_words(block + 16 + i % 32, fifths);
    mask_words(words, 4 * (group % 2), 0x0f0f0f0f);
    mask_words(fifths, group, 0x01010101);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      words[j] |= fifths[j] << 4;
    }
    float scale = half_at(block) * six_bit_scale(block + 4, group);
    put_levels(words, scale, 0, -half_at(block + 2) * six_bit_minimum(block + 4, group), out);
  }
};

// GGUF block_q6_K: 256 elements in 210 bytes: two parts of 128, each in four runs of 32.
struct q6_k_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 210;
    uint32 part = i % 256 / 128;
    uint32 run = i % 128 / 32;
    uint32 words[4];
    uint32 uppers[4];
    load_words(block + 64 * part + 32 * (run % 2) + i % 32, words);
    load_words(block + 128 + 32 * part + i % 32, uppers);
    mask_words(words, run < 2 ? 0 : 4, 0x0f0f0f0f);
    mask_words(uppers, 2 * run, 0x03030303);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      words[j] |= uppers[j] << 4;
    }
    float scale = half_at(block + 208) * ((const signed char *)block)[192 + i % 256 / 16];
    put_levels(words, scale, 32, 0, out);
  }
};

// The 16 unevenly spaced levels of IQ4_NL and IQ4_XS.
DEVICE float iq4_level(uint32 code) {
  uint32 low = __byte_perm(0xbfad9881u, 0xf6eaddcfu, code & 7);
  uint32 high = __byte_perm(0x26190d01u, 0x71594535u, code & 7);
  return (float)(signed char)((code < 8 ? low : high) & 255);
}

DEVICE void put_iq4(const uint8 *nibbles, bool high, float scale, float *out) {
#pragma unroll
  for (int j = 0; j < 16; j++) {
    out[j] = scale * iq4_level(high ? nibbles[j] >> 4 : nibbles[j] & 15);
  }
}

// GGUF block_iq4_nl: 32 elements in 18 bytes: a half, then nibbles that choose levels.
struct iq4_nl_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 18;
    put_iq4(block + 2, i % 32 >= 16, half_at(block), out);
  }
};

// GGUF block_iq4_xs: 256 elements in 136 bytes: d, scales, then 16 bytes a group of 32.
struct iq4_xs_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 136;
    uint32 group = i % 256 / 32;
    int low = block[4 + group / 2] >> (4 * (group % 2)) & 15;
    int upper = ((const uint16 *)block)[1] >> (2 * group) & 3;
    float scale = half_at(block) * ((low | upper << 4) - 32);
    put_iq4(block + 8 + 16 * group, i % 32 >= 16, scale, out);
  }
};
