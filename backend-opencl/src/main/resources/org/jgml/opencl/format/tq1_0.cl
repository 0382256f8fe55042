// GGUF block_tq1_0: 256 elements in 54 bytes: five trits a byte, then a half. A byte is a fraction in
// base three, in 256ths: times three, the next trit comes over the top.
constant uchar tq1_0_powers[5] = {1, 3, 9, 27, 81};

inline float16 tq1_0_load16(global const uchar *row, uint i) {
  global const uchar *block = row + (size_t)(i / 256) * 54;
  uint at = i % 256;
  ushort16 bytes;
  ushort16 powers;
  if (at < 160) {
    bytes = convert_ushort16(vload16(0, block + at % 32));
    powers = tq1_0_powers[at / 32];
  } else if (at < 240) {
    bytes = convert_ushort16(vload16(0, block + 32));
    powers = tq1_0_powers[(at - 160) / 16];
  } else {
    bytes = convert_ushort4(vload4(0, block + 48)).s0123012301230123;
    powers = (ushort16)(1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27);
  }
  ushort16 trits = (bytes * powers & (ushort)255) * (ushort)3 >> (ushort)8;
  return half_scale(block + 52) * (convert_float16(trits) - 1.0f);
}
