// The inner loop of products: TOKENS rows of F32 times ROWS rows of weights in FORMAT.

// Adds to `sums` the products of the parts of rows that belong to a lane: the inner dimension is
// taken in steps of UNIT elements. Loops over tokens and rows are unrolled, so that sums stay in
// registers.
__attribute__((always_inline))
inline void add_products(float16 sums[ROWS][TOKENS], global const float **xs,
                         global const uchar **ws, uint k, uint lane) {
  for (uint unit = lane; unit < k / UNIT; unit += LANES) {
    UNROLL
    for (uint part = 0; part < UNIT / 16; part++) {
      uint i = unit * UNIT + part * 16;
      float16 weights[ROWS];
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        weights[r] = JOIN(FORMAT, load16)(ws[r], i);
      }
      UNROLL
      for (int t = 0; t < TOKENS; t++) {
        float16 token = vload16(0, xs[t] + i);
        UNROLL
        for (int r = 0; r < ROWS; r++) {
          sums[r][t] = fma(weights[r], token, sums[r][t]);
        }
      }
    }
  }
  for (uint i = k / UNIT * UNIT + 16 * lane; i < k; i += 16 * LANES) {
    int count = min(16u, k - i);
    UNROLL
    for (int t = 0; t < TOKENS; t++) {
      float16 token = f32_part16((global const uchar *)xs[t], i, count);
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        sums[r][t] = fma(JOIN(FORMAT, part16)(ws[r], i, count), token, sums[r][t]);
      }
    }
  }
}
