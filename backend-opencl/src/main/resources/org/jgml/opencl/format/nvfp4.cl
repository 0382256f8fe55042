// GGUF block_nvfp4: 64 elements in 36 bytes: a scale of eight bits for each group of 16, then nibbles.
// Half the scale, as the levels are doubled.
inline float nvfp4_scale(uint code) {
  uint mantissa = code & 7;
  int exponent = code >> 3 & 15;
  float scale = exponent == 0 ? ldexp((float)mantissa, -10) : ldexp(8.0f + mantissa, exponent - 11);
  return code == 127 ? 0 : scale;
}

inline float16 nvfp4_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 64) * 36;
  uint group = i % 64 / 16;
  uchar8 pairs = vload8(0, block + 4 + 8 * group);
  uchar16 codes = (uchar16)(pairs & (uchar)15, pairs >> (uchar)4);
  return nvfp4_scale(block[group]) * fp4_level16(codes);
}
