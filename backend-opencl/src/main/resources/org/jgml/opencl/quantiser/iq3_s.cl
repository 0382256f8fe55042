// GGUF block_iq3_s: 256 elements in 110 bytes: d, low bits of points, highest bits, signs, codes.
#define FIRST_MULTIPLIER 1.0f
#define MULTIPLIER_STEP 2.0f
#define DIMENSIONS 4
#define COORDINATE_BITS 3
#define NEIGHBOURS 8
#define SIGNS_ARE_EVEN false
#define GRID_VALUES IQ3_S_VALUES
#define VALUES 8

inline void put_block(global uchar *block, int lane, local const uchar *codes,
                      local const char *levels, float factor,
                      global const ushort *neighbours) {
  for (int i = lane; i < 8; i += GROUPS) {
    uchar highest = 0;
    for (int j = 0; j < 8; j++) {
      int point = point_of(levels + 32 * i + 4 * j, neighbours);
      block[2 + 8 * i + j] = (uchar)point;
      highest |= point >> 8 << j;
    }
    block[66 + i] = highest;
  }
  for (int i = lane; i < 32; i += GROUPS) {
    block[74 + i] = signs_of_levels(levels + 8 * i);
  }
  for (int i = lane; i < 4; i += GROUPS) {
    block[106 + i] = pair_of_codes(codes, i);
  }
  if (lane == 0) {
    put_half(block, factor);
  }
}
