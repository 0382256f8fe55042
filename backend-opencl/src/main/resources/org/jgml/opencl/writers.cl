// Rows of F32 written in each type that can be written, as the quantisers of the core do it:
// `write_values` takes WRITE_ELEMENTS values that begin at element `i` of a row of `length`.
#pragma OPENCL FP_CONTRACT OFF

#define DEFINE_PLAIN_WRITER(type)                                                              \
  inline void type##_write_values(const float *values, long i, long length, global uchar *row) { \
    for (int j = 0; j < WRITE_ELEMENTS && i + j < length; j++) {                               \
      type##_set(row, i + j, values[j]);                                                       \
    }                                                                                          \
  }

DEFINE_PLAIN_WRITER(f32)
DEFINE_PLAIN_WRITER(f16)
DEFINE_PLAIN_WRITER(bf16)

inline float inverse_of(float scale) {
  return scale == 0 ? 0 : 1 / scale;
}

inline void q8_0_write_values(const float *values, long i, long length, global uchar *row) {
  global uchar *block = row + i / 32 * 34;
  float scale = fabs(farthest_from_zero(values, 32)) / 127;
  float inverse = inverse_of(scale);
  put_half(block, scale);
  for (int j = 0; j < 32; j++) {
    block[2 + j] = (uchar)(char)(int)round(values[j] * inverse);
  }
}

inline int level_of(float scaled, float offset, int limit) {
  return min(limit, convert_int_sat(scaled + offset));
}

inline void q4_0_write_values(const float *values, long i, long length, global uchar *row) {
  global uchar *block = row + i / 32 * 18;
  float scale = farthest_from_zero(values, 32) / -8;
  float inverse = inverse_of(scale);
  put_half(block, scale);
  for (int j = 0; j < 16; j++) {
    int low = level_of(values[j] * inverse, 8.5f, 15);
    int high = level_of(values[j + 16] * inverse, 8.5f, 15);
    block[2 + j] = (uchar)(low | high << 4);
  }
}

inline void q4_1_write_values(const float *values, long i, long length, global uchar *row) {
  global uchar *block = row + i / 32 * 20;
  float minimum = lowest(values, 32);
  float scale = (highest(values, 32) - minimum) / 15;
  float inverse = inverse_of(scale);
  put_half(block, scale);
  put_half(block + 2, minimum);
  for (int j = 0; j < 16; j++) {
    int low = level_of((values[j] - minimum) * inverse, 0.5f, 15);
    int high = level_of((values[j + 16] - minimum) * inverse, 0.5f, 15);
    block[4 + j] = (uchar)(low | high << 4);
  }
}

inline void put_fifth_bits(global uchar *at, uint bits) {
  for (int j = 0; j < 4; j++) {
    at[j] = (uchar)(bits >> (8 * j));
  }
}

inline void q5_0_write_values(const float *values, long i, long length, global uchar *row) {
  global uchar *block = row + i / 32 * 22;
  float scale = farthest_from_zero(values, 32) / -16;
  float inverse = inverse_of(scale);
  uint fifth = 0;
  for (int j = 0; j < 16; j++) {
    uint low = level_of(values[j] * inverse, 16.5f, 31);
    uint high = level_of(values[j + 16] * inverse, 16.5f, 31);
    fifth |= low >> 4 << j | high >> 4 << (j + 16);
    block[6 + j] = (uchar)((low & 15) | high << 4);
  }
  put_half(block, scale);
  put_fifth_bits(block + 2, fifth);
}

inline void q5_1_write_values(const float *values, long i, long length, global uchar *row) {
  global uchar *block = row + i / 32 * 24;
  float minimum = lowest(values, 32);
  float scale = (highest(values, 32) - minimum) / 31;
  float inverse = inverse_of(scale);
  uint fifth = 0;
  for (int j = 0; j < 16; j++) {
    uint low = convert_int_sat((values[j] - minimum) * inverse + 0.5f);
    uint high = convert_int_sat((values[j + 16] - minimum) * inverse + 0.5f);
    fifth |= low >> 4 << j | high >> 4 << (j + 16);
    block[8 + j] = (uchar)((low & 15) | high << 4);
  }
  put_half(block, scale);
  put_half(block + 2, minimum);
  put_fifth_bits(block + 4, fifth);
}

inline int nearest_iq4(float value) {
  int code = 0;
  while (code < 15 && value - iq4_levels[code] >= iq4_levels[code + 1] - value) {
    code++;
  }
  return code;
}

inline void iq4_nl_write_values(const float *values, long i, long length, global uchar *row) {
  global uchar *block = row + i / 32 * 18;
  float extreme = farthest_from_zero(values, 32);
  if (fabs(extreme) < 1e-15f) {
    for (int j = 0; j < 18; j++) {
      block[j] = 0;
    }
    return;
  }
  float inverse = 1 / (extreme / iq4_levels[0]);
  float products = 0;
  float squares = 0;
  for (int j = 0; j < 32; j++) {
    float level = iq4_levels[nearest_iq4(values[j] * inverse)];
    float weight = values[j] * values[j];
    products += weight * level * values[j];
    squares += weight * level * level;
  }
  put_half(block, products / squares);
  for (int j = 0; j < 16; j++) {
    int low = nearest_iq4(values[j] * inverse);
    int high = nearest_iq4(values[j + 16] * inverse);
    block[2 + j] = (uchar)(low | high << 4);
  }
}
