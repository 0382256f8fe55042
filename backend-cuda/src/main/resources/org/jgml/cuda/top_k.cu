// The indices of the k largest elements of each row, largest first; of equals the first come first.
// One block a row.
//
// Value and index make one key of 64 bits, smaller for what comes earlier. The k-th smallest key is
// found byte by byte, by counting how many keys that agree so far have which next byte (radix
// select); all keys up to it are gathered, and each moves to its rank.
#include "order.cuh"

#define THREADS 1024
#define MOST_K 2048
#define DIGITS 256

struct top_k_t {
  tensor_t x;
  // Added to x, element by element, times `factor` and plus `bias`; no data if there is none.
  tensor_t mask;
  int64 mask_length;
  float factor;
  float bias;
  tensor_t y;
  int64 length;
  int k;
};

DEVICE uint64 key_of(const top_k_t &a, const uint8 *row, int64 i) {
  float value = f32_t::get(row, i);
  if (a.mask.data != 0) {
    int64 within;
    int64 mask_row = divide(blockIdx.x * a.length + i, a.mask_length, within);
    value += fmaf(a.factor, f32_t::get(row_of(a.mask, mask_row), within), a.bias);
  }
  uint32 order = (uint32)~order_of(value) ^ 0x80000000u;
  return (uint64)order << 32 | (uint64)i;
}

// Rounds in which the lanes of a warp that have the same digit count as one.
#define SHARED_ROUNDS 2

// What the threads of a block know of the key that is sought.
struct search_t {
  uint64 *prefix;
  int *wanted;
  int *counts;
};

// Counts a digit of each lane that has one. Digits of floats crowd: additions to one place would wait
// for each other.
DEVICE void count_digit(int *counts, int digit, bool is_there) {
  for (int round = 0; round < SHARED_ROUNDS; round++) {
    uint32 left = __ballot_sync(ALL_LANES, is_there);
    if (left == 0) {
      return;
    }
    int first = __ffs(left) - 1;
    int common = __shfl_sync(ALL_LANES, digit, first);
    bool is_same = is_there && digit == common;
    uint32 same = __ballot_sync(ALL_LANES, is_same);
    if (threadIdx.x % WARP == first) {
      atomicAdd(&counts[digit], __popc(same));
    }
    is_there = is_there && !is_same;
  }
  if (is_there) {
    atomicAdd(&counts[digit], 1);
  }
}

// How many keys that begin as the one that is sought have which byte at `shift`. All threads of a
// block make as many rounds.
DEVICE void count_digits(const top_k_t &a, const uint8 *row, int shift, const search_t &search) {
  uint64 found = *search.prefix;
  int64 end = (a.length + blockDim.x - 1) / blockDim.x * blockDim.x;
  for (int64 i = threadIdx.x; i < end; i += blockDim.x) {
    uint64 key = i < a.length ? key_of(a, row, i) : 0;
    bool agrees = shift == 56 || key >> (shift + 8) == found >> (shift + 8);
    count_digit(search.counts, (int)(key >> shift & 255), i < a.length && agrees);
  }
}

// The first warp finds the byte in which the wanted key lies; a lane takes 8 of them.
DEVICE void choose_digit(int shift, const search_t &search) {
  int lane = threadIdx.x;
  int sum = 0;
#pragma unroll
  for (int j = 0; j < DIGITS / WARP; j++) {
    sum += search.counts[lane * (DIGITS / WARP) + j];
  }
  int before = sum;
#pragma unroll
  for (int distance = 1; distance < WARP; distance *= 2) {
    int other = __shfl_up_sync(ALL_LANES, before, distance);
    before += lane >= distance ? other : 0;
  }
  before -= sum;
  int wanted = *search.wanted;
  __syncwarp();
  if (before < wanted && wanted <= before + sum) {
    int digit = lane * (DIGITS / WARP);
    int left = wanted - before;
    while (search.counts[digit] < left) {
      left -= search.counts[digit++];
    }
    *search.prefix |= (uint64)digit << shift;
    *search.wanted = left;
  }
}

// The k-th smallest key, in `search.prefix`.
DEVICE void find_last(const top_k_t &a, const uint8 *row, const search_t &search) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    // Bytes of an index that are 0 in every row need no count.
    if (shift < 32 && shift > 0 && a.length >> shift == 0) {
      continue;
    }
    for (int i = threadIdx.x; i < DIGITS; i += blockDim.x) {
      search.counts[i] = 0;
    }
    __syncthreads();
    count_digits(a, row, shift, search);
    __syncthreads();
    if (threadIdx.x < WARP) {
      choose_digit(shift, search);
    }
    __syncthreads();
  }
}

// Gathers the keys up to the last, and moves the index of each to its rank.
DEVICE void write_ranks(const top_k_t &a, const uint8 *row, uint64 last, uint64 *keys,
                        int *gathered) {
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    uint64 key = key_of(a, row, i);
    if (key <= last) {
      keys[atomicAdd(gathered, 1)] = key;
    }
  }
  __syncthreads();
  int *to = (int *)row_of(a.y, blockIdx.x);
  for (int i = threadIdx.x; i < a.k; i += blockDim.x) {
    int rank = 0;
    for (int j = 0; j < a.k; j++) {
      rank += keys[j] < keys[i];
    }
    to[rank] = (int)keys[i];
  }
}

KERNEL(top_k, top_k_t, THREADS) {
  __shared__ int counts[DIGITS];
  __shared__ uint64 keys[MOST_K];
  __shared__ uint64 prefix;
  __shared__ int wanted;
  __shared__ int gathered;
  const uint8 *row = row_of(a.x, blockIdx.x);
  if (threadIdx.x == 0) {
    prefix = 0;
    wanted = a.k;
    gathered = 0;
  }
  search_t search = {&prefix, &wanted, counts};
  find_last(a, row, search);
  write_ranks(a, row, prefix, keys, &gathered);
}
