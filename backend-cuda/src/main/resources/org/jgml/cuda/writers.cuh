// Rows of F32 written in each type that can be written, as the quantisers of the core do it:
// `write_values` takes `write_elements` values that begin at element `i` of a row of `length`.
#pragma once
#include "extremes.cuh"
#include "formats.cuh"

#define WRITE_ELEMENTS 32

DEVICE int level_of(float scaled, float offset, int limit) {
  int level = (int)(scaled + offset);
  return level < limit ? level : limit;
}

DEVICE void write_q8_0(const float *values, uint8 *block) {
  float scale = fabsf(farthest_from_zero(values, 32)) / 127;
  float inverse = inverse_of(scale);
  put_half(block, scale);
  for (int j = 0; j < 32; j++) {
    block[2 + j] = (uint8)(signed char)(int)roundf(values[j] * inverse);
  }
}

DEVICE void write_q4_0(const float *values, uint8 *block) {
  float scale = farthest_from_zero(values, 32) / -8;
  float inverse = inverse_of(scale);
  put_half(block, scale);
  for (int j = 0; j < 16; j++) {
    int low = level_of(values[j] * inverse, 8.5f, 15);
    int high = level_of(values[j + 16] * inverse, 8.5f, 15);
    block[2 + j] = (uint8)(low | high << 4);
  }
}

DEVICE void write_q4_1(const float *values, uint8 *block) {
  float minimum = lowest(values, 32);
  float scale = (highest(values, 32) - minimum) / 15;
  float inverse = inverse_of(scale);
  put_half(block, scale);
  put_half(block + 2, minimum);
  for (int j = 0; j < 16; j++) {
    int low = level_of((values[j] - minimum) * inverse, 0.5f, 15);
    int high = level_of((values[j + 16] - minimum) * inverse, 0.5f, 15);
    block[4 + j] = (uint8)(low | high << 4);
  }
}

DEVICE void put_fifth_bits(uint8 *at, uint32 bits) {
  for (int j = 0; j < 4; j++) {
    at[j] = (uint8)(bits >> (8 * j));
  }
}

DEVICE void write_q5_0(const float *values, uint8 *block) {
  float scale = farthest_from_zero(values, 32) / -16;
  float inverse = inverse_of(scale);
  uint32 fifth = 0;
  for (int j = 0; j < 16; j++) {
    uint32 low = level_of(values[j] * inverse, 16.5f, 31);
    uint32 high = level_of(values[j + 16] * inverse, 16.5f, 31);
    fifth |= low >> 4 << j | high >> 4 << (j + 16);
    block[6 + j] = (uint8)((low & 15) | high << 4);
  }
  put_half(block, scale);
  put_fifth_bits(block + 2, fifth);
}

DEVICE void write_q5_1(const float *values, uint8 *block) {
  float minimum = lowest(values, 32);
  float scale = (highest(values, 32) - minimum) / 31;
  float inverse = inverse_of(scale);
  uint32 fifth = 0;
  for (int j = 0; j < 16; j++) {
    uint32 low = (uint32)((values[j] - minimum) * inverse + 0.5f);
    uint32 high = (uint32)((values[j + 16] - minimum) * inverse + 0.5f);
    fifth |= low >> 4 << j | high >> 4 << (j + 16);
    block[8 + j] = (uint8)((low & 15) | high << 4);
  }
  put_half(block, scale);
  put_half(block + 2, minimum);
  put_fifth_bits(block + 4, fifth);
}

DEVICE int nearest_iq4(float value) {
  int code = 0;
  while (code < 15 && value - iq4_level(code) >= iq4_level(code + 1) - value) {
    code++;
  }
  return code;
}

DEVICE void write_iq4_nl(const float *values, uint8 *block) {
  float extreme = farthest_from_zero(values, 32);
  if (fabsf(extreme) < 1e-15f) {
    for (int j = 0; j < 18; j++) {
      block[j] = 0;
    }
    return;
  }
  float inverse = 1 / (extreme / iq4_level(0));
  float products = 0;
  float squares = 0;
  for (int j = 0; j < 32; j++) {
    float level = iq4_level(nearest_iq4(values[j] * inverse));
    float weight = values[j] * values[j];
    products += weight * level * values[j];
    squares += weight * level * level;
  }
  put_half(block, products / squares);
  for (int j = 0; j < 16; j++) {
    int low = nearest_iq4(values[j] * inverse);
    int high = nearest_iq4(values[j + 16] * inverse);
    block[2 + j] = (uint8)(low | high << 4);
  }
}

DEVICE void write_plain(int type, const float *values, int64 i, int64 length, uint8 *row) {
  for (int j = 0; j < WRITE_ELEMENTS && i + j < length; j++) {
    if (type == F32) {
      f32_t::set(row, i + j, values[j]);
    } else if (type == F16) {
      f16_t::set(row, i + j, values[j]);
    } else {
      bf16_t::set(row, i + j, values[j]);
    }
  }
}

DEVICE void write_values(int type, const float *values, int64 i, int64 length, uint8 *row) {
  switch (type) {
    case Q8_0: write_q8_0(values, row + i / 32 * 34); break;
    case Q4_0: write_q4_0(values, row + i / 32 * 18); break;
    case Q4_1: write_q4_1(values, row + i / 32 * 20); break;
    case Q5_0: write_q5_0(values, row + i / 32 * 22); break;
    case Q5_1: write_q5_1(values, row + i / 32 * 24); break;
    case IQ4_NL: write_iq4_nl(values, row + i / 32 * 18); break;
    default: write_plain(type, values, i, length, row);
  }
}
