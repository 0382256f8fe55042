// GGUF block_q5_1: 32 elements in 24 bytes: scale and minimum, 32 fifth bits, then nibbles.
inline float16 q5_1_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 24;
  float scale = half_scale(block);
  float minimum = half_scale(block + 2);
  return scale * five_bit_levels(block + 4, block + 8, i % 32 / 16) + minimum;
}
