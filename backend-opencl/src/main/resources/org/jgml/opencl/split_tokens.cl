// Rows of F32 as integers, for products with dot products of bytes: 32 elements are a scale times
// numbers of 24 bits, each the sum of three signed bytes: high · 65536 + middle · 256 + low. What
// that leaves out is 2^-24 of the largest of them, as little as rounding a float.
//
// A block is its scale, then 32 bytes each of high, middle and low ones. The scale is NaN where
// elements are not finite, or so small that their scale is no float.
#define BLOCK_BYTES 100
#define HIGHEST (127 * 65536)

kernel void split_tokens(global const uchar *x, rows_t x_rows, global uchar *y, uint blocks) {
  uint block = get_global_id(0);
  long row = get_global_id(1);
  if (block >= blocks) {
    return;
  }
  global const float *from = (global const float *)(x + row_start(x_rows, row)) + 32 * block;
  global char *to = (global char *)y + (row * blocks + block) * BLOCK_BYTES;
  float highest = 0;
  bool is_finite = true;
  for (int i = 0; i < 32; i++) {
    highest = fmax(highest, fabs(from[i]));
    is_finite = is_finite && isfinite(from[i]);
  }
  bool is_split = is_finite && (highest == 0 || highest > 1e-30f);
  *(global float *)to = is_split ? highest / HIGHEST : NAN;
  float inverse = is_split && highest > 0 ? HIGHEST / highest : 0;
  for (int i = 0; i < 32; i++) {
    int value = is_split ? convert_int_rte(from[i] * inverse) : 0;
    char low = (char)value;
    int rest = (value - low) / 256;
    char middle = (char)rest;
    to[4 + i] = (char)((rest - middle) / 256);
    to[36 + i] = middle;
    to[68 + i] = low;
  }
}
