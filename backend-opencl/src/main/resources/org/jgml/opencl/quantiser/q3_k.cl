// GGUF block_q3_K: 256 elements in 110 bytes: a third bit of each run of 32 in 32 bytes, two-bit fields,
// six-bit codes of scales, d.
#define FIRST_MULTIPLIER -32.0f
#define MULTIPLIER_STEP 1.0f
#define MULTIPLIERS 64

inline uchar third_bits(local const char *levels, int element) {
  uchar bits = 0;
  for (int run = 0; run < 8; run++) {
    bits |= (levels[32 * run + element] + 4) >> 2 << run;
  }
  return bits;
}

inline void put_block(global uchar *block, int lane, local const uchar *codes,
                      local const char *levels, float factor,
                      global const ushort *neighbours) {
  for (int i = lane; i < 32; i += GROUPS) {
    block[i] = third_bits(levels, i);
  }
  for (int i = lane; i < 64; i += GROUPS) {
    block[32 + i] = two_bit_run((local const uchar *)levels, i);
  }
  if (lane < 8) {
    block[96 + lane] = (codes[lane] & 15) | codes[lane + 8] << 4;
  }
  if (lane < 4) {
    uchar upper = 0;
    for (int i = 0; i < 4; i++) {
      upper |= codes[lane + 4 * i] >> 4 << (2 * i);
    }
    block[104 + lane] = upper;
  }
  if (lane == 0) {
    put_half(block + 108, factor);
  }
}
