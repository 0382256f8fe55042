// GGUF block_iq2_xs: 256 elements in 74 bytes: a half, a short a point, a nibble a group of 16.
inline float8 iq2_xs_point(uint packed) {
  return signed8(point8(packed & 511, IQ2_VALUES), even_signs(packed >> 9));
}

inline float16 iq2_xs_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 74;
  global const uchar *points = block + 2 + 4 * (i % 256 / 16);
  uint code = block[66 + i % 256 / 32] >> (4 * (i / 16 % 2)) & 15;
  float scale = half_scale(block) * (0.5f + code) * 0.25f;
  return scale * (float16)(iq2_xs_point(short_at(points)), iq2_xs_point(short_at(points + 2)));
}
