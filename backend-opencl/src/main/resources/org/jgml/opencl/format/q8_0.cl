// GGUF block_q8_0: 32 elements in 34 bytes: a half, then signed bytes.
inline float16 q8_0_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 34;
  float scale = half_scale(block);
  return scale * convert_float16(vload16(0, (global const char *)block + 2 + i % 32));
}
