// GGUF block_q4_K: 256 elements in 144 bytes: d, dmin, scales, then 32 bytes for two groups of 32.
inline float16 q4_k_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 144;
  uint group = i % 256 / 32;
  float scale = half_scale(block) * six_bit_scale(block + 4, group);
  float minimum = half_scale(block + 2) * six_bit_minimum(block + 4, group);
  uchar16 pairs = vload16(0, block + 16 + 32 * (group / 2) + i % 32);
  uchar16 levels = group % 2 == 0 ? pairs & (uchar)15 : pairs >> (uchar)4;
  return scale * convert_float16(levels) - minimum;
}
