// GGUF block_q2_K: 256 elements in 84 bytes: scale and minimum of a group in a byte, two-bit fields, d,
// dmin.
#define LARGEST 3
#define LARGEST_CODE 15

inline void put_block(global uchar *block, int lane, local const uchar *scales,
                      local const uchar *minima, local const uchar *levels, float factor,
                      float minimum_factor) {
  block[lane] = scales[lane] | minima[lane] << 4;
  for (int i = lane; i < 64; i += GROUPS) {
    block[16 + i] = two_bit_run(levels, i);
  }
  if (lane == 0) {
    put_half(block + 80, factor);
    put_half(block + 82, minimum_factor);
  }
}
