// GGUF block_iq2_xxs: 256 elements in 66 bytes: a half, then 8 bytes a group of 32.
inline float8 iq2_xxs_point(global const uchar *group, uint point, uint signs) {
  return signed8(point8(group[point], IQ2_VALUES), even_signs(signs >> (7 * point) & 127));
}

inline float16 iq2_xxs_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 66;
  global const uchar *group = block + 2 + 8 * (i % 256 / 32);
  uint signs = word_at(group + 4);
  uint point = i % 32 / 8;
  float scale = half_scale(block) * (0.5f + (signs >> 28)) * 0.25f;
  return scale * (float16)(iq2_xxs_point(group, point, signs), iq2_xxs_point(group, point + 1, signs));
}
