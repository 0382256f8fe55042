// GGUF block_tq2_0: 256 elements in 66 bytes: trits of two bits, 32 bytes for 128 elements, then a half.
inline float16 tq2_0_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 66;
  uchar16 runs = vload16(0, block + 32 * (i % 256 / 128) + i % 32);
  uchar16 trits = runs >> (uchar)(2 * (i % 128 / 32)) & (uchar)3;
  return half_scale(block + 64) * (convert_float16(trits) - 1.0f);
}
