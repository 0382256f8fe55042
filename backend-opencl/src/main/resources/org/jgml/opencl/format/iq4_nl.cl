// GGUF block_iq4_nl: 32 elements in 18 bytes: a half, then nibbles that choose levels.
inline float16 iq4_nl_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 18;
  float scale = half_scale(block);
  uchar16 pairs = vload16(0, block + 2);
  return scale * iq4_level16(i % 32 < 16 ? pairs & (uchar)15 : pairs >> (uchar)4);
}
