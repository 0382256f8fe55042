// GGUF block_iq3_xxs: 256 elements in 98 bytes: d, points, for each group 4 times 7 signs and the code.
#define FIRST_MULTIPLIER 0.25f
#define MULTIPLIER_STEP 0.5f
#define DIMENSIONS 4
#define COORDINATE_BITS 3
#define NEIGHBOURS 8
#define SIGNS_ARE_EVEN true
#define GRID_VALUES IQ3_XXS_VALUES
#define VALUES 8

inline void put_block(global uchar *block, int lane, local const uchar *codes,
                      local const char *levels, float factor,
                      global const ushort *neighbours) {
  for (int i = lane; i < 64; i += GROUPS) {
    block[2 + i] = (uchar)point_of(levels + 4 * i, neighbours);
  }
  uint packed = (uint)codes[lane] << 28;
  for (int i = 0; i < 4; i++) {
    packed |= (signs_of_levels(levels + 32 * lane + 8 * i) & 127) << (7 * i);
  }
  for (int i = 0; i < 4; i++) {
    block[66 + 4 * lane + i] = (uchar)(packed >> (8 * i));
  }
  if (lane == 0) {
    put_half(block, factor);
  }
}
