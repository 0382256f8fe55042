// GGUF block_iq1_s: 256 elements in 50 bytes.
inline float8 iq1_s_point(global const uchar *block, uint point, uint packed) {
  uint index = block[2 + point] | (packed >> (3 * (point % 4)) & 7) << 8;
  return shifted8(index, packed >> 15 != 0);
}

inline float16 iq1_s_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 50;
  uint packed = short_at(block + 34 + 2 * (i % 256 / 32));
  uint point = i % 256 / 8;
  float scale = half_scale(block) * (2 * (packed >> 12 & 7) + 1) * 0.125f;
  return scale * (float16)(iq1_s_point(block, point, packed), iq1_s_point(block, point + 1, packed));
}
