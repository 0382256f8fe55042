// GGUF block_q5_0: 32 elements in 22 bytes: a half, 32 fifth bits, then nibbles.
inline float16 q5_0_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 22;
  float scale = half_scale(block);
  return scale * (five_bit_levels(block + 2, block + 6, i % 32 / 16) - 16.0f);
}
