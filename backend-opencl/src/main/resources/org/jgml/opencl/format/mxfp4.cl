// GGUF block_mxfp4: 32 elements in 17 bytes: the exponent of a power of two, then nibbles. Half the
// power, as the levels are doubled.
inline float16 mxfp4_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 32) * 17;
  uint exponent = block[0];
  float scale = as_float(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);
  uchar16 pairs = vload16(0, block + 1);
  return scale * fp4_level16(i % 32 < 16 ? pairs & (uchar)15 : pairs >> (uchar)4);
}
