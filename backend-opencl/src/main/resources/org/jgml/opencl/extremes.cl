// What quantisers take the scale of a block from, and where they put it.

// The value of largest magnitude, the first of several.
inline float farthest_from_zero(const float *values, int count) {
  float farthest = 0;
  for (int i = 0; i < count; i++) {
    farthest = fabs(values[i]) > fabs(farthest) ? values[i] : farthest;
  }
  return farthest;
}

// A NaN is the lowest, and the highest.
inline float lowest(const float *values, int count) {
  float low = values[0];
  for (int i = 1; i < count; i++) {
    low = values[i] < low || isnan(values[i]) ? values[i] : low;
  }
  return low;
}

inline float highest(const float *values, int count) {
  float high = values[0];
  for (int i = 1; i < count; i++) {
    high = values[i] > high || isnan(values[i]) ? values[i] : high;
  }
  return high;
}

inline void put_half(global uchar *at, float value) {
  vstore_half_rte(value, 0, (global half *)at);
}
