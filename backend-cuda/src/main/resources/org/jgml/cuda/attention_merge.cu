// Puts together what several sets of keys contribute to attention: rows of values, maximum and sum.
// What blocks found that share a set is put together first, so that it does not matter whether that
// was done by another launch. A block makes a row; its threads take a share each, then columns.
#include "dependent.cuh"

#define MOST_PARTS 8
#define MOST_SPLITS 128
#define THREADS 128

// What a set of keys contributes: `splits` shares of each row, one after the other at `found`; or one,
// a row of `rows`, and `found` is 0.
struct contribution_t {
  tensor_t rows;
  const float *found;
  int64 splits;
};

struct merge_t {
  contribution_t parts[MOST_PARTS];
  tensor_t y;
  const float *sinks;
  int64 heads;
  int value_size;
  int count;
  // Whether maximum and sum are kept, or values divided by the sum.
  int partial;
};

struct weights_t {
  // Of the shares of each part, and of the parts.
  float splits[MOST_PARTS][MOST_SPLITS];
  float parts[MOST_PARTS];
  float tops[MOST_PARTS];
  float sums[MOST_PARTS];
  // Shares up to the last that found a key; keys are shared from the first on.
  int counts[MOST_PARTS];
};

DEVICE const float *share_of(const merge_t &a, int64 row, int part, int split) {
  const contribution_t &from = a.parts[part];
  return from.found == 0
      ? (const float *)row_of(from.rows, row)
      : from.found + (row * from.splits + split) * (a.value_size + 2);
}

DEVICE void weigh_splits(const merge_t &a, int64 row, int part, weights_t &weights) {
  int split = threadIdx.x;
  bool is_there = split < a.parts[part].splits;
  const float *share = share_of(a, row, part, is_there ? split : 0);
  float top = is_there ? share[a.value_size] : -INFINITY_F;
  float highest = block_max(top);
  float factor = is_there && highest != -INFINITY_F ? expf(top - highest) : 0;
  float sum = block_sum(is_there ? factor * share[a.value_size + 1] : 0);
  float count = block_max(split == 0 || factor != 0 ? split + 1 : 0);
  if (is_there) {
    weights.splits[part][split] = factor;
  }
  if (threadIdx.x == 0) {
    weights.tops[part] = highest;
    weights.sums[part] = sum;
    weights.counts[part] = (int)count;
  }
}

// The sum of the weights of all parts, and of the sink; `highest` is the largest logit.
DEVICE float weigh_parts(const merge_t &a, float sink, weights_t &weights, float &highest) {
  highest = sink;
  for (int part = 0; part < a.count; part++) {
    highest = fmaxf(highest, weights.tops[part]);
  }
  float total = 0;
  for (int part = 0; part < a.count; part++) {
    float factor = highest == -INFINITY_F ? 0 : expf(weights.tops[part] - highest);
    total = fmaf(factor, weights.sums[part], total);
    if (threadIdx.x == 0) {
      weights.parts[part] = factor;
    }
  }
  return total + (sink == -INFINITY_F ? 0 : expf(sink - highest));
}

DEVICE float merged(const merge_t &a, int64 row, const weights_t &weights, int column) {
  float sum = 0;
  for (int part = 0; part < a.count; part++) {
    float found = 0;
#pragma unroll 8
    for (int split = 0; split < weights.counts[part]; split++) {
      found = fmaf(weights.splits[part][split], share_of(a, row, part, split)[column], found);
    }
    sum = fmaf(weights.parts[part], found, sum);
  }
  return sum;
}

KERNEL(attention_merge, merge_t, THREADS) {
  await_previous();
  __shared__ weights_t weights;
  int64 row = blockIdx.x;
  for (int part = 0; part < a.count; part++) {
    weigh_splits(a, row, part, weights);
  }
  __syncthreads();
  float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[row % a.heads];
  float highest;
  float total = weigh_parts(a, sink, weights, highest);
  __syncthreads();
  float *to = (float *)row_of(a.y, row);
  for (int i = threadIdx.x; i < a.value_size; i += THREADS) {
    float sum = merged(a, row, weights, i);
    to[i] = a.partial ? sum : total == 0 ? 0 : sum / total;
  }
  if (threadIdx.x == 0 && a.partial) {
    to[a.value_size] = highest;
    to[a.value_size + 1] = total;
  }
}

// Values over their sum; a row that saw nothing gives 0.
KERNEL(attention_finish, merge_t, THREADS) {
  await_previous();
  const float *from = (const float *)row_of(a.parts[0].rows, blockIdx.x);
  float *to = (float *)row_of(a.y, blockIdx.x);
  float sum = from[a.value_size + 1];
  for (int i = threadIdx.x; i < a.value_size; i += blockDim.x) {
    to[i] = sum == 0 ? 0 : from[i] / sum;
  }
}
