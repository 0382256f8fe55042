// GGUF block_iq2_s: 256 elements in 82 bytes: d, low bits of points, signs, upper bits of points, codes.
#define FIRST_MULTIPLIER 0.125f
#define MULTIPLIER_STEP 0.25f
#define DIMENSIONS 8
#define COORDINATE_BITS 2
#define NEIGHBOURS 16
#define SIGNS_ARE_EVEN false
#define GRID_VALUES IQ2_VALUES
#define VALUES 3

inline void put_block(global uchar *block, int lane, local const uchar *codes,
                      local const char *levels, float factor,
                      global const ushort *neighbours) {
  for (int i = lane; i < 8; i += GROUPS) {
    uchar upper = 0;
    for (int j = 0; j < 4; j++) {
      local const char *eight = levels + 8 * (4 * i + j);
      int point = point_of(eight, neighbours);
      block[2 + 4 * i + j] = (uchar)point;
      block[34 + 4 * i + j] = signs_of_levels(eight);
      upper |= point >> 8 << (2 * j);
    }
    block[66 + i] = upper;
    block[74 + i] = pair_of_codes(codes, i);
  }
  if (lane == 0) {
    put_half(block, factor);
  }
}
