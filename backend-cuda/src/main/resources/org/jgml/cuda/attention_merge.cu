// Puts together what several sets of keys contribute to attention: rows of values, maximum and sum.
// A block makes a row; its threads take a part each, then columns.
#include "common.cuh"

#define MOST_PARTS 8
#define THREADS 128

struct merge_t {
  tensor_t parts[MOST_PARTS];
  tensor_t y;
  const float *sinks;
  int64 heads;
  int value_size;
  int count;
  // Parts of one row that lie one after the other in parts[0], or one in each of `parts`.
  int joined;
  // Whether maximum and sum are kept, or values divided by the sum.
  int partial;
};

DEVICE const float *part_of(const merge_t &a, int64 row, int part) {
  if (a.joined) {
    return (const float *)a.parts[0].data + (row * a.count + part) * (a.value_size + 2);
  }
  return (const float *)row_of(a.parts[part], row);
}

KERNEL(attention_merge, merge_t, THREADS) {
  __shared__ float factors[THREADS];
  int64 row = blockIdx.x;
  bool is_part = threadIdx.x < a.count;
  const float *mine = part_of(a, row, is_part ? threadIdx.x : 0);
  float top = is_part ? mine[a.value_size] : -INFINITY_F;
  float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[row % a.heads];
  float highest = fmaxf(block_max(top), sink);
  float factor = is_part && highest != -INFINITY_F ? expf(top - highest) : 0;
  factors[threadIdx.x] = factor;
  float total = block_sum(is_part ? factor * mine[a.value_size + 1] : 0);
  total += sink == -INFINITY_F ? 0 : expf(sink - highest);
  float divisor = a.partial ? 1 : total;
  float *to = (float *)row_of(a.y, row);
  for (int i = threadIdx.x; i < a.value_size; i += THREADS) {
    float sum = 0;
#pragma unroll 8
    for (int part = 0; part < a.count; part++) {
      sum = fmaf(factors[part], part_of(a, row, part)[i], sum);
    }
    to[i] = divisor == 0 ? 0 : sum / divisor;
  }
  if (threadIdx.x == 0 && a.partial) {
    to[a.value_size] = highest;
    to[a.value_size + 1] = total;
  }
}

// Values over their sum; a row that saw nothing gives 0.
KERNEL(attention_finish, merge_t, THREADS) {
  const float *from = (const float *)row_of(a.parts[0], blockIdx.x);
  float *to = (float *)row_of(a.y, blockIdx.x);
  float sum = from[a.value_size + 1];
  for (int i = threadIdx.x; i < a.value_size; i += blockDim.x) {
    to[i] = sum == 0 ? 0 : from[i] / sum;
  }
}
