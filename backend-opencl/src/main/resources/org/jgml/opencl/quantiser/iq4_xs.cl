// GGUF block_iq4_xs: 256 elements in 136 bytes: d, upper two bits of the codes of all groups, low bits
// of codes, then 16 bytes a group.
#define FIRST_MULTIPLIER -32.0f
#define MULTIPLIER_STEP 1.0f
#define MULTIPLIERS 64

inline uchar iq4_code(char level) {
  uchar code = 0;
  while (iq4_levels[code] < level) {
    code++;
  }
  return code;
}

inline void put_block(global uchar *block, int lane, local const uchar *codes,
                      local const char *levels, float factor,
                      global const ushort *neighbours) {
  if (lane == 0) {
    uint upper = 0;
    for (int group = 0; group < GROUPS; group++) {
      upper |= codes[group] >> 4 << (2 * group);
    }
    put_half(block, factor);
    block[2] = (uchar)upper;
    block[3] = (uchar)(upper >> 8);
  }
  if (lane < 4) {
    block[4 + lane] = (codes[2 * lane] & 15) | (codes[2 * lane + 1] & 15) << 4;
  }
  for (int i = lane; i < 128; i += GROUPS) {
    local const char *pair = levels + 32 * (i / 16) + i % 16;
    block[8 + i] = iq4_code(pair[0]) | iq4_code(pair[16]) << 4;
  }
}
