// GGUF block_tq2_0: 256 elements in 66 bytes: two-bit fields, d.
inline void put_block(global uchar *block, int lane, local const uchar *trits, float scale) {
  for (int i = lane; i < 64; i += GROUPS) {
    block[i] = two_bit_run(trits, i);
  }
  if (lane == 0) {
    put_half(block + 64, scale);
  }
}
