// y[i, j] = x[i] · w[j] for many tokens on a GPU: a work-group of 16 by 16 work-items makes a tile
// of 64 tokens by 64 rows. Weights are dequantised to local memory once for all tokens of the tile.
#define TILE 64
#define STEP 16
#define PITCH (TILE + 1)

inline void keep(local float *tile, int column, float16 values) {
  float part[16];
  vstore16(values, 0, part);
  for (int j = 0; j < 16; j++) {
    tile[j * PITCH + column] = part[j];
  }
}

kernel void matmul_tiled(global const uchar *x, rows_t x_rows, global const uchar *w,
                         rows_t w_rows, global uchar *y, rows_t y_rows, int m, int n, uint k) {
  local float tokens[STEP * PITCH];
  local float weights[STEP * PITCH];
  int first_token = get_group_id(0) * TILE;
  int first_row = get_group_id(1) * TILE;
  long batch = get_group_id(2);
  int item = get_local_id(1) * 16 + get_local_id(0);
  int column = item % TILE;
  global const uchar *token = x + row_start(x_rows, batch * m + min(first_token + column, m - 1));
  global const uchar *row = w + row_start(w_rows, batch * n + min(first_row + column, n - 1));
  float sums[4][4] = {{0}};
  for (uint i = 0; i < k; i += STEP) {
    int count = min((uint)STEP, k - i);
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < TILE) {
      keep(weights, column, count == 16 ? JOIN(FORMAT, load16)(row, i) : JOIN(FORMAT, part16)(row, i, count));
    } else if (item < 2 * TILE) {
      keep(tokens, column, count == 16 ? f32_load16(token, i) : f32_part16(token, i, count));
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int j = 0; j < STEP; j++) {
      for (int t = 0; t < 4; t++) {
        float value = tokens[j * PITCH + get_local_id(1) + 16 * t];
        for (int r = 0; r < 4; r++) {
          sums[t][r] = fma(value, weights[j * PITCH + get_local_id(0) + 16 * r], sums[t][r]);
        }
      }
    }
  }
  for (int t = 0; t < 4; t++) {
    int to = first_token + get_local_id(1) + 16 * t;
    for (int r = 0; r < 4; r++) {
      int at = first_row + get_local_id(0) + 16 * r;
      if (to < m && at < n) {
        f32_set(y + row_start(y_rows, batch * m + to), at, sums[t][r]);
      }
    }
  }
}
