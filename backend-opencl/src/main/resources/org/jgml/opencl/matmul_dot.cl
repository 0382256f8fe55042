// y[i, j] = x[i] · w[j] by dot products of bytes, for weights whose blocks are 32 small integers
// times a scale; `parts` are the rows of x as split_tokens.cl writes them. A work-group makes one
// result, its LANES work-items share the inner dimension.
#define BLOCK_BYTES 100

#ifdef __opencl_c_integer_dot_product_input_4x8bit_packed
#define dot4(a, b) dot_4x8packed_ss_int(a, b)
#else
inline int dot4(uint a, uint b) {
  int4 products = convert_int4(as_char4(a)) * convert_int4(as_char4(b));
  return (products.x + products.y) + (products.z + products.w);
}
#endif

inline uint word_at(global const uchar *at) {
  return ((global const ushort *)at)[0] | (uint)((global const ushort *)at)[1] << 16;
}

// The integers of a block as bytes, and their scale.
inline float q8_0_words(global const uchar *row, uint block, uint words[8]) {
  global const uchar *from = row + (size_t)block * 34;
  for (int i = 0; i < 8; i++) {
    words[i] = word_at(from + 2 + 4 * i);
  }
  return half_scale(from);
}

inline float q4_0_words(global const uchar *row, uint block, uint words[8]) {
  global const uchar *from = row + (size_t)block * 18;
  for (int i = 0; i < 4; i++) {
    uint pairs = word_at(from + 2 + 4 * i);
    words[i] = as_uint(as_char4(pairs & 0x0f0f0f0f) - (char)8);
    words[4 + i] = as_uint(as_char4(pairs >> 4 & 0x0f0f0f0f) - (char)8);
  }
  return half_scale(from);
}

// What a block adds where its elements could not be split.
inline float unsplit(global const float *x, global const uchar *row, uint block) {
  float16 first = vload16(0, x + 32 * block) * JOIN(FORMAT, load16)(row, 32 * block);
  float16 second = vload16(0, x + 32 * block + 16) * JOIN(FORMAT, load16)(row, 32 * block + 16);
  return sum16(first) + sum16(second);
}

kernel void matmul_dot(global const uchar *x, rows_t x_rows, global const uchar *w, rows_t w_rows,
                       global uchar *y, rows_t y_rows, int m, int n, uint k,
                       global const uchar *parts) {
  SCRATCH(scratch);
  uint blocks = k / 32;
  long token = get_group_id(2) * (long)m + get_group_id(0);
  int row = get_group_id(1);
  global const uchar *weights = w + row_start(w_rows, get_group_id(2) * (long)n + row);
  float sum = 0;
  for (uint block = get_local_id(0); block < blocks; block += LANES) {
    global const uint *part = (global const uint *)(parts + (token * blocks + block) * BLOCK_BYTES);
    float token_scale = as_float(part[0]);
    if (isnan(token_scale)) {
      sum += unsplit((global const float *)(x + row_start(x_rows, token)), weights, block);
      continue;
    }
    uint words[8];
    float scale = token_scale * JOIN(FORMAT, words)(weights, block, words);
    int high = 0;
    int middle = 0;
    int low = 0;
    UNROLL
    for (int i = 0; i < 8; i++) {
      high += dot4(words[i], part[1 + i]);
      middle += dot4(words[i], part[9 + i]);
      low += dot4(words[i], part[17 + i]);
    }
    sum += scale * fma(65536.0f, (float)high, fma(256.0f, (float)middle, (float)low));
  }
  sum = sum_lanes(sum, scratch);
  if (get_local_id(0) == 0) {
    f32_set(y + row_start(y_rows, token), row, sum);
  }
}
