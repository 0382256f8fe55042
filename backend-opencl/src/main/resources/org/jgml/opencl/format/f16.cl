#ifdef HALVES
inline float16 f16_load16(global const uchar *row, uint i) {
  return convert_float16(vload16(0, (global const half *)row + i));
}
#else
inline float16 f16_load16(global const uchar *row, uint i) {
  ushort16 bits = vload16(0, (global const ushort *)row + i);
  return vload_half16(0, (const half *)&bits);
}
#endif

inline float16 f16_part16(global const uchar *row, uint i, int count) {
  float values[16] = {0};
  for (int j = 0; j < count; j++) {
    values[j] = f16_get(row, i + j);
  }
  return vload16(0, values);
}
