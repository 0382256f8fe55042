// GGUF block_q4_0: 32 elements in 18 bytes: a half, then nibbles, elements 0 to 15 in the low ones.
inline float16 q4_0_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 18;
  float scale = half_scale(block);
  uchar16 pairs = vload16(0, block + 2);
  uchar16 levels = i % 32 < 16 ? pairs & (uchar)15 : pairs >> (uchar)4;
  return scale * (convert_float16(levels) - 8.0f);
}
