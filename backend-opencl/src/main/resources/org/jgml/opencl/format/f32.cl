inline float16 f32_load16(global const uchar *row, uint i) {
  return vload16(0, (global const float *)row + i);
}

inline float16 f32_part16(global const uchar *row, uint i, int count) {
  float values[16] = {0};
  for (int j = 0; j < count; j++) {
    values[j] = f32_get(row, i + j);
  }
  return vload16(0, values);
}
