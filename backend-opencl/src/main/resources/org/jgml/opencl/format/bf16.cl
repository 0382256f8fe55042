inline float16 bf16_load16(global const uchar *row, uint i) {
  return as_float16(convert_uint16(vload16(0, (global const ushort *)row + i)) << 16);
}

inline float16 bf16_part16(global const uchar *row, uint i, int count) {
  float values[16] = {0};
  for (int j = 0; j < count; j++) {
    values[j] = bf16_get(row, i + j);
  }
  return vload16(0, values);
}
