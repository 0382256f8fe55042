// GGUF block_q5_1: 32 elements in 24 bytes: scale and minimum, 32 fifth bits, then nibbles.
inline float16 q5_1_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 24;
  float scale = vload_half(0, (global const half *)block);
  float minimum = vload_half(1, (global const half *)block);
  return scale * five_bit_levels(block + 4, block + 8, i % 32 / 16) + minimum;
}
