// GGUF block_iq3_s: 256 elements in 110 bytes.
inline float4 iq3_s_point(global const uchar *block, uint point) {
  uint highest = block[66 + point / 8] >> (point % 8) & 1;
  return point4(block[2 + point] | highest << 8, IQ3_S_VALUES);
}

inline float8 iq3_s_pair(global const uchar *block, uint pair) {
  float8 values = (float8)(iq3_s_point(block, 2 * pair), iq3_s_point(block, 2 * pair + 1));
  return signed8(values, block[74 + pair]);
}

inline float16 iq3_s_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 110;
  uint group = i % 256 / 32;
  uint code = block[106 + group / 2] >> (4 * (group % 2)) & 15;
  uint pair = i % 256 / 8;
  float scale = half_scale(block) * (1 + 2 * code);
  return scale * (float16)(iq3_s_pair(block, pair), iq3_s_pair(block, pair + 1));
}
