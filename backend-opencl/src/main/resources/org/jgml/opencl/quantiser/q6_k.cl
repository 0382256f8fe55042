// GGUF block_q6_K: 256 elements in 210 bytes: two parts of 128 elements in four runs of 32, low bits in
// 64 bytes a part, upper two bits in 32; a signed byte a group, d.
#define FIRST_MULTIPLIER -128.0f
#define MULTIPLIER_STEP 1.0f
#define MULTIPLIERS 256

inline void put_block(global uchar *block, int lane, local const uchar *codes,
                      local const char *levels, float factor,
                      global const ushort *neighbours) {
  for (int i = lane; i < 128; i += GROUPS) {
    local const char *low = levels + 128 * (i / 64) + i % 64;
    block[i] = ((low[0] + 32) & 15) | ((low[64] + 32) & 15) << 4;
  }
  for (int i = lane; i < 64; i += GROUPS) {
    local const char *runs = levels + 128 * (i / 32) + i % 32;
    uchar upper = 0;
    for (int run = 0; run < 4; run++) {
      upper |= (runs[32 * run] + 32) >> 4 << (2 * run);
    }
    block[128 + i] = upper;
  }
  block[192 + lane] = (uchar)(codes[lane] - 128);
  if (lane == 0) {
    put_half(block + 208, factor);
  }
}
