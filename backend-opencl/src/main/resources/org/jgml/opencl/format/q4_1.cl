// GGUF block_q4_1: 32 elements in 20 bytes: scale and minimum as halves, then nibbles.
inline float16 q4_1_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 20;
  float scale = half_scale(block);
  float minimum = half_scale(block + 2);
  uchar16 pairs = vload16(0, block + 4);
  uchar16 levels = i % 32 < 16 ? pairs & (uchar)15 : pairs >> (uchar)4;
  return scale * convert_float16(levels) + minimum;
}
