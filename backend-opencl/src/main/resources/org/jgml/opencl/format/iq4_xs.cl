// GGUF block_iq4_xs: 256 elements in 136 bytes: d, scales, then 16 bytes a group of 32.
inline float16 iq4_xs_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 136;
  uint group = i % 256 / 32;
  int low = block[4 + group / 2] >> (4 * (group % 2)) & 15;
  int upper = ((global const ushort *)block)[1] >> (2 * group) & 3;
  float scale = half_scale(block) * ((low | upper << 4) - 32);
  uchar16 pairs = vload16(0, block + 8 + 16 * group);
  return scale * iq4_level16(i % 32 < 16 ? pairs & (uchar)15 : pairs >> (uchar)4);
}
