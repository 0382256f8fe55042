// Puts together what several sets of keys contribute to attention: rows of values, maximum and sum.
// A block makes a row; its threads take columns.
#include "common.cuh"

#define MOST_PARTS 8

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

KERNEL(attention_merge, merge_t, 128) {
  int64 row = blockIdx.x;
  float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[row % a.heads];
  float highest = sink;
  for (int part = 0; part < a.count; part++) {
    highest = fmaxf(highest, part_of(a, row, part)[a.value_size]);
  }
  float total = sink == -INFINITY_F ? 0 : expf(sink - highest);
  for (int part = 0; part < a.count; part++) {
    const float *from = part_of(a, row, part);
    float top = from[a.value_size];
    float factor = highest == -INFINITY_F ? 0 : expf(top - highest);
    total = fmaf(factor, from[a.value_size + 1], total);
  }
  float divisor = a.partial ? 1 : total;
  float *to = (float *)row_of(a.y, row);
  for (int i = threadIdx.x; i < a.value_size; i += blockDim.x) {
    float sum = 0;
    for (int part = 0; part < a.count; part++) {
      const float *from = part_of(a, row, part);
      float factor = highest == -INFINITY_F ? 0 : expf(from[a.value_size] - highest);
      sum = fmaf(factor, from[i], sum);
    }
    to[i] = divisor == 0 ? 0 : sum / divisor;
  }
  if (threadIdx.x == 0 && a.partial) {
    to[a.value_size] = highest;
    to[a.value_size + 1] = total;
  }
}

// Values over their sum; a row that saw nothing gives 0.
KERNEL(attention_finish, merge_t, 128) {
  const float *from = (const float *)row_of(a.parts[0], blockIdx.x);
  float *to = (float *)row_of(a.y, blockIdx.x);
  float sum = from[a.value_size + 1];
  for (int i = threadIdx.x; i < a.value_size; i += blockDim.x) {
    to[i] = sum == 0 ? 0 : from[i] / sum;
  }
}
