// GGUF block_iq2_s: 256 elements in 82 bytes.
inline float8 iq2_s_point(global const uchar *block, uint point) {
  uint upper = block[66 + point / 4] >> (2 * (point % 4)) & 3;
  return signed8(point8(block[2 + point] | upper << 8, IQ2_VALUES), block[34 + point]);
}

inline float16 iq2_s_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 82;
  uint group = i % 256 / 16;
  uint code = block[74 + group / 2] >> (4 * (group % 2)) & 15;
  float scale = half_scale(block) * (0.5f + code) * 0.25f;
  return scale * (float16)(iq2_s_point(block, 2 * group), iq2_s_point(block, 2 * group + 1));
}
