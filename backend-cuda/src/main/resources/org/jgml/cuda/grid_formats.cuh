// The types whose elements are points of a grid, trits or tiny floats.
#pragma once
#include "formats.cuh"
#include "grids.cuh"

// Eight coordinates of a point of two bits each, as `scale * ±value`; the values are bytes.
DEVICE void put_point8(uint32 code, uint32 values, uint32 signs, float scale, float *out) {
#pragma unroll
  for (int j = 0; j < 8; j++) {
    float value = (float)(values >> (8 * (code >> (2 * j) & 3)) & 255);
    out[j] = (signs >> j & 1) != 0 ? -scale * value : scale * value;
  }
}

// Four coordinates of a point of three bits each.
DEVICE void put_point4(uint32 code, uint64 values, uint32 signs, float scale, float *out) {
#pragma unroll
  for (int j = 0; j < 4; j++) {
    float value = (float)(values >> (8 * (code >> (3 * j) & 7)) & 255);
    out[j] = (signs >> j & 1) != 0 ? -scale * value : scale * value;
  }
}

#define IQ2_VALUES 0x2b1908u
#define IQ3_XXS_VALUES 0x3e342c241c140c04ull
#define IQ3_S_VALUES 0x0f0d0b0907050301ull

// Eight signs from seven: their number is even.
DEVICE uint32 even_signs(uint32 seven) {
  return seven | (__popc(seven) & 1) << 7;
}

DEVICE uint32 word_at(const uint8 *at) {
  return *(const uint16 *)at | (uint32)((const uint16 *)at)[1] << 16;
}

// Eight coordinates from -1 to 1, moved by an eighth; `scale` counts eighths.
DEVICE void put_shifted(uint32 code, bool down, float scale, float *out) {
#pragma unroll
  for (int j = 0; j < 8; j++) {
    int coordinate = (int)(code >> (2 * j) & 3) - 1;
    out[j] = scale * (float)(8 * coordinate + (down ? -1 : 1));
  }
}

// GGUF block_iq1_s: 256 elements in 50 bytes.
struct iq1_s_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 50;
    uint32 packed = *(const uint16 *)(block + 34 + 2 * (i % 256 / 32));
    float scale = half_at(block) * (2 * (packed >> 12 & 7) + 1) * 0.125f;
    for (int part = 0; part < 2; part++) {
      uint32 point = i % 256 / 8 + part;
      uint32 index = block[2 + point] | (packed >> (3 * (point % 4)) & 7) << 8;
      put_shifted(grid_codes[2560 + index], packed >> 15 != 0, scale, out + 8 * part);
    }
  }
};

// GGUF block_iq1_m: 256 elements in 56 bytes.
struct iq1_m_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 56;
    const uint16 *scales = (const uint16 *)(block + 48);
    uint32 bits = 0;
    for (int j = 0; j < 4; j++) {
      bits |= (uint32)(scales[j] >> 12) << (4 * j);
    }
    uint32 group = i % 256 / 16;
    uint32 code = scales[group / 4] >> (3 * (group % 4)) & 7;
    float scale = half_to_float((uint16)bits) * (2 * code + 1) * 0.125f;
    for (int part = 0; part < 2; part++) {
      uint32 point = i % 256 / 8 + part;
      uint32 upper = block[32 + point / 2] >> (4 * (point % 2)) & 15;
      uint32 index = block[point] | (upper & 7) << 8;
      put_shifted(grid_codes[2560 + index], upper >> 3 != 0, scale, out + 8 * part);
    }
  }
};

// GGUF block_iq2_xxs: 256 elements in 66 bytes.
struct iq2_xxs_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 66;
    const uint8 *group = block + 2 + 8 * (i % 256 / 32);
    uint32 signs = word_at(group + 4);
    float scale = half_at(block) * (0.5f + (signs >> 28)) * 0.25f;
    for (int part = 0; part < 2; part++) {
      uint32 point = i % 32 / 8 + part;
      uint32 eight = even_signs(signs >> (7 * point) & 127);
      put_point8(grid_codes[group[point]], IQ2_VALUES, eight, scale, out + 8 * part);
    }
  }
};

// GGUF block_iq2_xs: 256 elements in 74 bytes.
struct iq2_xs_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 74;
    uint32 group = i % 256 / 16;
    uint32 code = block[66 + group / 2] >> (4 * (group % 2)) & 15;
    float scale = half_at(block) * (0.5f + code) * 0.25f;
    for (int part = 0; part < 2; part++) {
      uint32 packed = ((const uint16 *)(block + 2))[i % 256 / 8 + part];
      uint32 eight = even_signs(packed >> 9);
      put_point8(grid_codes[256 + (packed & 511)], IQ2_VALUES, eight, scale, out + 8 * part);
    }
  }
};

// GGUF block_iq2_s: 256 elements in 82 bytes.
struct iq2_s_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 82;
    uint32 group = i % 256 / 16;
    uint32 code = block[74 + group / 2] >> (4 * (group % 2)) & 15;
    float scale = half_at(block) * (0.5f + code) * 0.25f;
    for (int part = 0; part < 2; part++) {
      uint32 point = i % 256 / 8 + part;
      uint32 upper = block[66 + point / 4] >> (2 * (point % 4)) & 3;
      uint32 index = block[2 + point] | upper << 8;
      put_point8(grid_codes[768 + index], IQ2_VALUES, block[34 + point], scale, out + 8 * part);
    }
  }
};

// GGUF block_iq3_xxs: 256 elements in 98 bytes.
struct iq3_xxs_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 98;
    uint32 signs = word_at(block + 66 + 4 * (i % 256 / 32));
    float scale = half_at(block) * (0.5f + (signs >> 28)) * 0.5f;
    for (int part = 0; part < 4; part++) {
      uint32 point = i % 256 / 4 + part;
      uint32 eight = even_signs(signs >> (7 * (point % 8 / 2)) & 127);
      put_point4(grid_codes[1792 + block[2 + point]], IQ3_XXS_VALUES, eight >> (4 * (point % 2)),
                 scale, out + 4 * part);
    }
  }
};

// GGUF block_iq3_s: 256 elements in 110 bytes.
struct iq3_s_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 110;
    uint32 group = i % 256 / 32;
    uint32 code = block[106 + group / 2] >> (4 * (group % 2)) & 15;
    float scale = half_at(block) * (1 + 2 * code);
    for (int part = 0; part < 4; part++) {
      uint32 point = i % 256 / 4 + part;
      uint32 highest = block[66 + point / 8] >> (point % 8) & 1;
      uint32 signs = block[74 + point / 2] >> (4 * (point % 2));
      put_point4(grid_codes[2048 + (block[2 + point] | highest << 8)], IQ3_S_VALUES, signs, scale,
                 out + 4 * part);
    }
  }
};

// GGUF block_tq1_0: 256 elements in 54 bytes: trits, five a byte, as a fraction in base three.
struct tq1_0_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 54;
    float scale = half_at(block + 52);
    for (int j = 0; j < 16; j++) {
      uint32 at = i % 256 + j;
      uint32 byte = at < 160 ? at % 32 : at < 240 ? 32 + (at - 160) % 16 : 48 + (at - 240) % 4;
      uint32 trit = at < 160 ? at / 32 : at < 240 ? (at - 160) / 16 : (at - 240) / 4;
      uint32 rest = block[byte];
      for (uint32 before = 0; before < trit; before++) {
        rest = rest * 3 & 255;
      }
      out[j] = scale * (float)((int)(rest * 3 >> 8) - 1);
    }
  }
};

// GGUF block_tq2_0: 256 elements in 66 bytes: trits in two bits.
struct tq2_0_format {
  static const int BLOCK = 256;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 256) * 66;
    uint32 group = i % 256 / 16;
    uint32 words[4];
    load_words(block + 32 * (group / 8) + 16 * (group % 2), words);
    mask_words(words, 2 * (group % 8 / 2), 0x03030303);
    put_levels(words, half_at(block + 64), 1, 0, out);
  }
};

// The number of E2M1 code, doubled.
DEVICE float fp4_doubled(uint32 code) {
  float magnitude = (float)(0xc8643210u >> (4 * (code & 7)) & 15);
  return (code & 8) != 0 ? -magnitude : magnitude;
}

// GGUF block_mxfp4: 32 elements in 17 bytes: an exponent, then nibbles.
struct mxfp4_format {
  static const int BLOCK = 32;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 32) * 17;
    uint32 exponent = block[0];
    float scale = __uint_as_float(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);
    for (int j = 0; j < 16; j++) {
      uint32 pair = block[1 + j];
      out[j] = scale * fp4_doubled(i % 32 < 16 ? pair & 15 : pair >> 4);
    }
  }
};

// Half the number of the scale of a group of NVFP4; the highest bit means nothing.
DEVICE float nvfp4_scale(uint32 code) {
  uint32 mantissa = code & 7;
  uint32 exponent = code >> 3 & 15;
  if (code == 127) {
    return 0;
  }
  return exponent == 0 ? (float)mantissa * 0.0009765625f
                       : (float)(8 + mantissa) * __uint_as_float((exponent + 116) << 23);
}

// GGUF block_nvfp4: 64 elements in 36 bytes: a scale a group of 16, then 8 bytes a group.
struct nvfp4_format {
  static const int BLOCK = 64;
  static __device__ __forceinline__ void read16(const uint8 *row, uint32 i, float *out) {
    const uint8 *block = row + (int64)(i / 64) * 36;
    uint32 group = i % 64 / 16;
    float scale = nvfp4_scale(block[group]);
    for (int j = 0; j < 16; j++) {
      uint32 pair = block[4 + 8 * group + j % 8];
      out[j] = scale * fp4_doubled(j < 8 ? pair & 15 : pair >> 4);
    }
  }
};
