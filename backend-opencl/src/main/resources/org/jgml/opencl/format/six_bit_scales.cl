// The 12 bytes of Q4_K and Q5_K that hold a scale and a minimum of six bits for each of 8 groups.
inline int six_bit_scale(global const uchar *scales, uint group) {
  return group < 4
      ? scales[group] & 63
      : (scales[group + 4] & 15) | scales[group - 4] >> 6 << 4;
}

inline int six_bit_minimum(global const uchar *scales, uint group) {
  return group < 4
      ? scales[group + 4] & 63
      : scales[group + 4] >> 4 | scales[group] >> 6 << 4;
}
