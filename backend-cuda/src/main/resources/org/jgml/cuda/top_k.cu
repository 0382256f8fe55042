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
  tensor_t y;
  int64 length;
  int k;
};

DEVICE uint64 key_of(const uint8 *row, int64 i) {
  uint32 order = (uint32)~order_of(f32_t::get(row, i)) ^ 0x80000000u;
  return (uint64)order << 32 | (uint64)i;
}

KERNEL(top_k, top_k_t, THREADS) {
  __shared__ int counts[DIGITS];
  __shared__ uint64 keys[MOST_K];
  __shared__ uint64 prefix;
  __shared__ int wanted;
  __shared__ int gathered;
  const uint8 *from = row_of(a.x, blockIdx.x);
  if (threadIdx.x == 0) {
    prefix = 0;
    wanted = a.k;
    gathered = 0;
  }
  for (int shift = 56; shift >= 0; shift -= 8) {
    // Bytes of an index that are 0 in every row need no count.
    if (shift < 32 && shift > 0 && a.length >> shift == 0) {
      continue;
    }
    for (int i = threadIdx.x; i < DIGITS; i += blockDim.x) {
      counts[i] = 0;
    }
    __syncthreads();
    uint64 found = prefix;
    for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
      uint64 key = key_of(from, i);
      if (shift == 56 || key >> (shift + 8) == found >> (shift + 8)) {
        atomicAdd(&counts[key >> shift & 255], 1);
      }
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      int digit = 0;
      int left = wanted;
      while (counts[digit] < left) {
        left -= counts[digit++];
      }
      prefix = found | (uint64)digit << shift;
      wanted = left;
    }
    __syncthreads();
  }
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    uint64 key = key_of(from, i);
    if (key <= prefix) {
      keys[atomicAdd(&gathered, 1)] = key;
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
