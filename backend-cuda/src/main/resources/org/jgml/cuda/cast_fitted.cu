// Rows of F32 in a type whose quantiser searches for scales. FORMAT is the type; a lane has a group of
// the elements of a block.
#include "join.cuh"
#include "quantisers.cuh"

#define THREADS 64

typedef JOIN(FORMAT, _blocks) blocks_t;

struct cast_fitted_t {
  tensor_t x;
  tensor_t y;
  codebook_t codebook;
  int64 blocks;
  int64 rows;
};

KERNEL(cast_fitted, cast_fitted_t, THREADS) {
  __shared__ blocks_t::fit::shared_t shared[THREADS / blocks_t::GROUPS];
  int64 block = thread_of_grid() / blocks_t::GROUPS;
  // Lanes without a block take part in what a warp waits for.
  bool is_real = block < a.blocks * a.rows;
  int64 i;
  int64 row = divide(is_real ? block : 0, a.blocks, i);
  const float *from = (const float *)row_of(a.x, row) + i * blocks_t::GROUPS * blocks_t::GROUP;
  uint8 *to = row_of(a.y, row) + i * blocks_t::BYTES;
  blocks_t::fit::quantise(a.codebook, from, threadIdx.x % blocks_t::GROUPS,
                          shared[threadIdx.x / blocks_t::GROUPS], is_real ? to : 0);
}
