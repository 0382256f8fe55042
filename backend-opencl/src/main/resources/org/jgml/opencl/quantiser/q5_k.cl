// GGUF block_q5_K: 256 elements in 176 bytes: d, dmin, scales, a fifth bit of each group in 32 bytes,
// then 32 bytes for two groups.
#define LARGEST 31
#define LARGEST_CODE 63

inline uchar fifth_bits(local const uchar *levels, int element) {
  uchar bits = 0;
  for (int group = 0; group < GROUPS; group++) {
    bits |= levels[GROUP * group + element] >> 4 << group;
  }
  return bits;
}

inline void put_block(global uchar *block, int lane, local const uchar *scales,
                      local const uchar *minima, local const uchar *levels, float factor,
                      float minimum_factor) {
  if (lane == 0) {
    put_half(block, factor);
    put_half(block + 2, minimum_factor);
    put_six_bit_scales(block + 4, scales, minima);
  }
  for (int i = lane; i < GROUP; i += GROUPS) {
    block[16 + i] = fifth_bits(levels, i);
  }
  for (int i = lane; i < 128; i += GROUPS) {
    local const uchar *pair = levels + 64 * (i / 32) + i % 32;
    block[48 + i] = (pair[0] & 15) | pair[32] << 4;
  }
}
