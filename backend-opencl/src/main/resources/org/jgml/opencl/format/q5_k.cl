// GGUF block_q5_K: 256 elements in 176 bytes: as Q4_K, with 32 bytes of fifth bits before the nibbles.
inline float16 q5_k_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 176;
  uint group = i % 256 / 32;
  float scale = half_scale(block) * six_bit_scale(block + 4, group);
  float minimum = half_scale(block + 2) * six_bit_minimum(block + 4, group);
  uchar16 pairs = vload16(0, block + 48 + 32 * (group / 2) + i % 32);
  uchar16 low = group % 2 == 0 ? pairs & (uchar)15 : pairs >> (uchar)4;
  uchar16 fifth = vload16(0, block + 16 + i % 32) >> (uchar)group & (uchar)1;
  return scale * convert_float16(low | fifth << (uchar)4) - minimum;
}
