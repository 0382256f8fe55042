// A destination of a type whose quantiser searches for scales, with the rows replaced that indices name.
// FORMAT is the type; a lane has a group of the elements of a block.
#include "join.cuh"
#include "quantisers.cuh"
#include "stored_rows.cuh"

#define THREADS 64

typedef JOIN(FORMAT, _blocks) blocks_t;

struct set_rows_fitted_t {
  stored_rows_t to;
  tensor_t x;
  codebook_t codebook;
  int64 blocks;
  int64 rows;
};

KERNEL(set_rows_fitted, set_rows_fitted_t, THREADS) {
  __shared__ blocks_t::fit::shared_t shared[THREADS / blocks_t::GROUPS];
  int64 block = thread_of_grid() / blocks_t::GROUPS;
  // Lanes without a block take part in what a warp waits for.
  bool is_real = block < a.blocks * a.rows;
  int64 i;
  int64 row = divide(is_real ? block : 0, a.blocks, i);
  const float *from = (const float *)row_of(a.x, row) + i * blocks_t::GROUPS * blocks_t::GROUP;
  uint8 *to = is_real ? target_of(a.to, row) : 0;
  blocks_t::fit::quantise(a.codebook, from, threadIdx.x % blocks_t::GROUPS,
                          shared[threadIdx.x / blocks_t::GROUPS],
                          to == 0 ? 0 : to + i * blocks_t::BYTES);
}
