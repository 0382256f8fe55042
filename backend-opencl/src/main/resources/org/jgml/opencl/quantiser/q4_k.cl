// GGUF block_q4_K: 256 elements in 144 bytes: d, dmin, scales, then 32 bytes for two groups.
#define LARGEST 15
#define LARGEST_CODE 63

inline void put_block(global uchar *block, int lane, local const uchar *scales,
                      local const uchar *minima, local const uchar *levels, float factor,
                      float minimum_factor) {
  if (lane == 0) {
    put_half(block, factor);
    put_half(block + 2, minimum_factor);
    put_six_bit_scales(block + 4, scales, minima);
  }
  for (int i = lane; i < 128; i += GROUPS) {
    local const uchar *pair = levels + 64 * (i / 32) + i % 32;
    block[16 + i] = pair[0] | pair[32] << 4;
  }
}
