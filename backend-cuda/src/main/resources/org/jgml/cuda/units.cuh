// What a lane of a product of few tokens takes at once from a row of weights: a unit of PARTS times
// 16 elements, read from memory once. FORMAT is the type of the row.
#pragma once
#include "grid_formats.cuh"
#include "join.cuh"

typedef JOIN(FORMAT, _format) weights_t;

template <class F>
struct unit {
  static const int PARTS = 1;
  static __device__ __forceinline__ uint32 element(uint32 unit, int part) { return unit * 16; }
  static __device__ __forceinline__ void read(const uint8 *row, uint32 unit, float out[PARTS][16]) {
    F::read16(row, unit * 16, out[0]);
  }
};

// Both nibbles of 16 bytes.
template <>
struct unit<q4_0_format> {
  static const int PARTS = 2;
  static __device__ __forceinline__ uint32 element(uint32 unit, int part) { return unit * 32 + part * 16; }
  static __device__ __forceinline__ void read(const uint8 *row, uint32 unit, float out[PARTS][16]) {
    const uint8 *block = row + (int64)unit * 18;
    uint32 low[4];
    load_words(block + 2, low);
    uint32 high[4] = {low[0], low[1], low[2], low[3]};
    mask_words(low, 0, 0x0f0f0f0f);
    mask_words(high, 4, 0x0f0f0f0f);
    float scale = half_at(block);
    put_levels(low, scale, 8, 0, out[0]);
    put_levels(high, scale, 8, 0, out[1]);
  }
};

// A whole block of 32 bytes.
template <>
struct unit<q8_0_format> {
  static const int PARTS = 2;
  static __device__ __forceinline__ uint32 element(uint32 unit, int part) { return unit * 32 + part * 16; }
  static __device__ __forceinline__ void read(const uint8 *row, uint32 unit, float out[PARTS][16]) {
    const uint8 *block = row + (int64)unit * 34;
    uint32 first[4];
    uint32 second[4];
    load_words(block + 2, first);
    load_words(block + 18, second);
    float scale = half_at(block);
    put_signed(first, scale, out[0]);
    put_signed(second, scale, out[1]);
  }
};

// Q4_K and Q5_K: 16 of the elements of a pair of groups of 32, and what their levels stand for.
DEVICE uint32 element_of_pair(uint32 unit, int part) {
  return unit / 8 * 256 + unit % 8 / 2 * 64 + unit % 2 * 16 + part * 32;
}

DEVICE void put_pair(const uint8 *block, uint32 pair, const uint32 low[4], const uint32 high[4], float out[2][16]) {
  float d = half_at(block);
  float least = -half_at(block + 2);
  const uint8 *scales = block + 4;
  put_levels(low, d * six_bit_scale(scales, 2 * pair), 0, least * six_bit_minimum(scales, 2 * pair), out[0]);
  put_levels(high, d * six_bit_scale(scales, 2 * pair + 1), 0, least * six_bit_minimum(scales, 2 * pair + 1), out[1]);
}

// Unit u of a block: bytes 16 (u % 2) of the pair of groups u / 2, whose nibbles lie 32 elements
// apart.
template <>
struct unit<q4_k_format> {
  static const int PARTS = 2;
  static __device__ __forceinline__ uint32 element(uint32 unit, int part) { return element_of_pair(unit, part); }
  static __device__ __forceinline__ void read(const uint8 *row, uint32 unit, float out[PARTS][16]) {
    const uint8 *block = row + (int64)(unit / 8) * 144;
    uint32 pair = unit % 8 / 2;
    uint32 low[4];
    load_words(block + 16 + 32 * pair + 16 * (unit % 2), low);
    uint32 high[4] = {low[0], low[1], low[2], low[3]};
    mask_words(low, 0, 0x0f0f0f0f);
    mask_words(high, 4, 0x0f0f0f0f);
    put_pair(block, pair, low, high, out);
  }
};

// As Q4_K, with fifth bits that all groups share.
template <>
struct unit<q5_k_format> {
  static const int PARTS = 2;
  static __device__ __forceinline__ uint32 element(uint32 unit, int part) { return element_of_pair(unit, part); }
  static __device__ __forceinline__ void read(const uint8 *row, uint32 unit, float out[PARTS][16]) {
    const uint8 *block = row + (int64)(unit / 8) * 176;
    uint32 pair = unit % 8 / 2;
    uint32 low[4];
    uint32 fifths[4];
    load_words(block + 48 + 32 * pair + 16 * (unit % 2), low);
    load_words(block + 16 + 16 * (unit % 2), fifths);
    uint32 high[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      high[j] = (low[j] >> 4 & 0x0f0f0f0f) | (fifths[j] >> (2 * pair + 1) & 0x01010101) << 4;
      low[j] = (low[j] & 0x0f0f0f0f) | (fifths[j] >> (2 * pair) & 0x01010101) << 4;
    }
    put_pair(block, pair, low, high, out);
  }
};

// Unit u of a block: 16 bytes of low bits for two runs 64 elements apart, with their upper bits.
template <>
struct unit<q6_k_format> {
  static const int PARTS = 2;
  static __device__ __forceinline__ uint32 element(uint32 unit, int part) {
    return unit / 8 * 256 + unit % 8 / 4 * 128 + unit % 4 * 16 + part * 64;
  }
  static __device__ __forceinline__ void read(const uint8 *row, uint32 unit, float out[PARTS][16]) {
    const uint8 *block = row + (int64)(unit / 8) * 210;
    uint32 half = unit % 8 / 4;
    uint32 quarter = unit % 4;
    uint32 low[4];
    uint32 uppers[4];
    load_words(block + 64 * half + 16 * quarter, low);
    load_words(block + 128 + 32 * half + 16 * (quarter % 2), uppers);
    uint32 run = quarter / 2;
    uint32 high[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      high[j] = (low[j] >> 4 & 0x0f0f0f0f) | (uppers[j] >> (2 * run + 4) & 0x03030303) << 4;
      low[j] = (low[j] & 0x0f0f0f0f) | (uppers[j] >> (2 * run) & 0x03030303) << 4;
    }
    float d = half_at(block + 208);
    const signed char *scales = (const signed char *)block + 192 + 8 * half + quarter;
    put_levels(low, d * scales[0], 32, 0, out[0]);
    put_levels(high, d * scales[4], 32, 0, out[1]);
  }
};
