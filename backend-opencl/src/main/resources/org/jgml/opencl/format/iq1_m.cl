// GGUF block_iq1_m: 256 elements in 56 bytes.
inline float8 iq1_m_point(global const uchar *block, uint point) {
  uint upper = block[32 + point / 2] >> (4 * (point % 2)) & 15;
  return shifted8(block[point] | (upper & 7) << 8, upper >> 3 != 0);
}

// The scale of a block: a nibble of each of four shorts, as a half.
inline float iq1_m_scale(global const uchar *scales) {
  ushort bits = short_at(scales) >> 12 | short_at(scales + 2) >> 12 << 4 |
                short_at(scales + 4) >> 12 << 8 | short_at(scales + 6) >> 12 << 12;
  return vload_half(0, (const half *)&bits);
}

inline float16 iq1_m_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 56;
  uint group = i % 256 / 16;
  uint code = short_at(block + 48 + 2 * (group / 4)) >> (3 * (group % 4)) & 7;
  float scale = iq1_m_scale(block + 48) * (2 * code + 1) * 0.125f;
  return scale * (float16)(iq1_m_point(block, 2 * group), iq1_m_point(block, 2 * group + 1));
}
