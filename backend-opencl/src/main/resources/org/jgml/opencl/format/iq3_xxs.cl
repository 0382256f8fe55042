// GGUF block_iq3_xxs: 256 elements in 98 bytes: a half, a byte a point, then 4 bytes a group of 32.
inline float8 iq3_xxs_points(global const uchar *pair, uint seven) {
  float8 values = (float8)(point4(pair[0], IQ3_XXS_VALUES), point4(pair[1], IQ3_XXS_VALUES));
  return signed8(values, even_signs(seven & 127));
}

inline float16 iq3_xxs_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 98;
  global const uchar *points = block + 2 + i % 256 / 4;
  uint signs = word_at(block + 66 + 4 * (i % 256 / 32));
  uint shift = 14 * (i / 16 % 2);
  float scale = half_scale(block) * (0.5f + (signs >> 28)) * 0.5f;
  return scale * (float16)(iq3_xxs_points(points, signs >> shift),
                           iq3_xxs_points(points + 2, signs >> (shift + 7)));
}
