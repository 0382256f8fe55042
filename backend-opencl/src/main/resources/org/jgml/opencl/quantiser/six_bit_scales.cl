// Packs the codes of scale and minimum of eight groups in the 12 bytes of Q4_K and Q5_K.
inline void put_six_bit_scales(global uchar *at, local const uchar *scales,
                               local const uchar *minima) {
  for (int group = 0; group < 4; group++) {
    uint scale = scales[group + 4];
    uint minimum = minima[group + 4];
    at[group] = scales[group] | scale >> 4 << 6;
    at[group + 4] = minima[group] | minimum >> 4 << 6;
    at[group + 8] = (scale & 15) | (minimum & 15) << 4;
  }
}
