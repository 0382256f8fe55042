// y[i, j] = x[i] · w[j], plus addend[i, j] if there is one, for many tokens on a processor: a work-item
// multiplies ROWS rows of weights with `tile` tokens, TOKENS at a time. Weights are dequantised once, to
// local memory, where 16 elements of each row lie behind each other.
inline void read_weights(local float *weights, global const uchar *row, uint k) {
  for (uint i = 0; i < k; i += 16) {
    uint count = min(16u, k - i);
    float16 values = count == 16 ? JOIN(FORMAT, load16)(row, i) : JOIN(FORMAT, part16)(row, i, count);
    vstore16(values, 0, weights + i * ROWS);
  }
}

// Adds the products of 8 elements: twelve sums of so many, three of tokens and one of weights are the 16
// registers of a processor with AVX2.
__attribute__((always_inline))
inline void add_eight(float8 sums[ROWS][TOKENS], const float8 *tokens, local const float *weights) {
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    float8 weight = vload8(0, weights + 16 * r);
    UNROLL
    for (int t = 0; t < TOKENS; t++) {
      sums[r][t] = fma(weight, tokens[t], sums[r][t]);
    }
  }
}

// Adds the products of whole rows.
__attribute__((always_inline))
inline void add_products(float8 sums[ROWS][TOKENS], global const float **xs,
                         local const float *weights, uint k) {
  float8 tokens[TOKENS];
  for (uint i = 0; i + 16 <= k; i += 16) {
    UNROLL
    for (uint eight = 0; eight < 16; eight += 8) {
      UNROLL
      for (int t = 0; t < TOKENS; t++) {
        tokens[t] = vload8(0, xs[t] + i + eight);
      }
      add_eight(sums, tokens, weights + i * ROWS + eight);
    }
  }
  uint end = k / 16 * 16;
  for (uint eight = 0; eight < k - end; eight += 8) {
    UNROLL
    for (int t = 0; t < TOKENS; t++) {
      float16 part = f32_part16((global const uchar *)xs[t], end, k - end);
      tokens[t] = eight == 0 ? part.lo : part.hi;
    }
    add_eight(sums, tokens, weights + end * ROWS + eight);
  }
}

kernel void matmul_many(global const uchar *x, rows_t x_rows, global const uchar *w, rows_t w_rows,
                        global uchar *y, rows_t y_rows, global const uchar *addend,
                        rows_t addend_rows, int m, int n, uint k, int tile, local float *weights) {
  int row = get_group_id(0) * ROWS;
  int first = get_group_id(1) * tile;
  long batch = get_group_id(2);
  for (int r = 0; r < ROWS; r++) {
    read_weights(weights + 16 * r, w + row_start(w_rows, batch * n + min(row + r, n - 1)), k);
  }
  for (int token = first; token < min(m, first + tile); token += TOKENS) {
    global const float *xs[TOKENS];
    float8 sums[ROWS][TOKENS];
    UNROLL
    for (int t = 0; t < TOKENS; t++) {
      xs[t] = (global const float *)(x + row_start(x_rows, batch * m + min(token + t, m - 1)));
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        sums[r][t] = 0;
      }
    }
    add_products(sums, xs, weights, k);
    UNROLL
    for (int t = 0; t < TOKENS; t++) {
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        if (token + t < m && row + r < n) {
          long at = batch * m + token + t;
          float more = addend ? f32_get(addend + row_start(addend_rows, at), row + r) : 0;
          f32_set(y + row_start(y_rows, at), row + r, sum8(sums[r][t]) + more);
        }
      }
    }
  }
}
