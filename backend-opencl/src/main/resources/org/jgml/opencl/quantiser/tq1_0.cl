// GGUF block_tq1_0: 256 elements in 54 bytes: five trits a byte of elements 32 and then 16 apart, four
// a byte of the last 16, then d. A byte is a fraction in base three, in 256ths and rounded up.
#define STATES 243

inline uchar packed_trits(local const uchar *trits, int stride, int count) {
  int state = 0;
  for (int i = 0; i < 5; i++) {
    state = 3 * state + (i < count ? trits[i * stride] : 0);
  }
  return (uchar)((256 * state + STATES - 1) / STATES);
}

inline void put_block(global uchar *block, int lane, local const uchar *trits, float scale) {
  for (int i = lane; i < 32; i += GROUPS) {
    block[i] = packed_trits(trits + i, 32, 5);
  }
  for (int i = lane; i < 16; i += GROUPS) {
    block[32 + i] = packed_trits(trits + 160 + i, 16, 5);
  }
  for (int i = lane; i < 4; i += GROUPS) {
    block[48 + i] = packed_trits(trits + 240 + i, 4, 4);
  }
  if (lane == 0) {
    put_half(block + 52, scale);
  }
}
