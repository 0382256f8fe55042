// GGUF block_q6_K: 256 elements in 210 bytes: two parts of 128, each in four runs of 32.
inline float16 q6_k_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 210;
  uint part = i % 256 / 128;
  uint run = i % 128 / 32;
  float scale = half_scale(block + 208)
      * ((global const char *)block)[192 + i % 256 / 16];
  uchar16 low = vload16(0, block + 64 * part + 32 * (run % 2) + i % 32);
  low = run < 2 ? low & (uchar)15 : low >> (uchar)4;
  uchar16 upper = vload16(0, block + 128 + 32 * part + i % 32) >> (uchar)(2 * run) & (uchar)3;
  return scale * (convert_float16(low | upper << (uchar)4) - 32.0f);
}
