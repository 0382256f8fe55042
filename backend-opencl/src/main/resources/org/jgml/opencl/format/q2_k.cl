// GGUF block_q2_K: 256 elements in 84 bytes: a byte a group of 16, two-bit levels, d, dmin.
inline float16 q2_k_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 84;
  uint group = i % 256 / 16;
  float scale = half_scale(block + 80) * (block[group] & 15);
  float minimum = half_scale(block + 82) * (block[group] >> 4);
  uchar16 packed = vload16(0, block + 16 + 32 * (group / 8) + 16 * (group % 2));
  uchar16 levels = packed >> (uchar)(2 * (group % 8 / 2)) & (uchar)3;
  return scale * convert_float16(levels) - minimum;
}
