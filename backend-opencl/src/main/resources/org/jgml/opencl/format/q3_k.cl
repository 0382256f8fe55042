// GGUF block_q3_K: 256 elements in 110 bytes: third bits, two-bit levels, scales, d.
inline float16 q3_k_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 110;
  uint group = i % 256 / 16;
  int low = block[96 + group % 8] >> (4 * (group / 8)) & 15;
  int upper = block[104 + group % 4] >> (2 * (group / 4)) & 3;
  float scale = half_scale(block + 108) * ((low | upper << 4) - 32);
  uchar16 packed = vload16(0, block + 32 + 32 * (group / 8) + 16 * (group % 2));
  uchar16 levels = packed >> (uchar)(2 * (group % 8 / 2)) & (uchar)3;
  uchar16 third = vload16(0, block + 16 * (group % 2)) >> (uchar)(group / 2) & (uchar)1;
  return scale * (convert_float16(levels | third << (uchar)2) - 4.0f);
}
