// Products of many tokens with the matrix instruction of a warpgroup (capability 9.0).
//
// Each of two warpgroups makes 64 tokens by 256 rows. While a step is multiplied, the products of the
// step before may still run, and two further steps are on their way to shared memory.
#define STEP 64
#include "matmul_halves.cuh"
#include "wgmma.cuh"

#define STAGES 4
#define AHEAD 2
#define GROUP_TOKENS 64
#define GROUP 128
// Bytes at multiples of which the pattern of the swizzle begins.
#define SWIZZLE 1024

KERNEL(matmul_wgmma, matmul_halves_t, THREADS) {
  DYNAMIC_SHARED(memory);
  uint16 *stages = (uint16 *)(memory + (0 - shared_address(memory)) % SWIZZLE);
  tile_t tile = tile_of_block(a);
  int token = threadIdx.x / GROUP * GROUP_TOKENS;
  float sums[GROUP_PIECES][4] = {};
#pragma unroll
  for (int stage = 0; stage < AHEAD; stage++) {
    load_stage(a, tile, stages + stage * STAGE_HALVES);
  }
  int now = 0;
  for (int64 left = stages_of(a); left > 0; left--) {
    await_copies<AHEAD - 1>();
    publish_to_products();
    __syncthreads();
    const uint16 *stage = stages + now * STAGE_HALVES;
    begin_products();
#pragma unroll
    for (int part = 0; part < STEP; part += 16) {
      multiply_add_group(sums, descriptor_of(stage + token * STEP + part),
                         descriptor_of(stage + TILE_TOKENS * STEP + part));
    }
    commit_products();
    // All warpgroups have seen the end of the products that read this stage: they waited for them
    // before the barrier.
    load_stage(a, tile, stages + (now + AHEAD) % STAGES * STAGE_HALVES);
    await_products<1>();
    now = (now + 1) % STAGES;
  }
  finish_products(sums);
  store_panel<GROUP_PIECES>(a, tile, token + threadIdx.x % GROUP / WARP * 16, 0, sums);
}
