// Launches that begin before the one before them has ended (programmatic dependent launch, from compute
// capability 9.0 on; elsewhere nothing of this is compiled).
//
// The rule is one: a kernel calls await_previous in every thread before it reads or writes any memory
// but its arguments and its block's own. Then all launches have ended that come before, and what they
// wrote is there: each of them had to wait for its own predecessor before it could end.
#pragma once
#include "common.cuh"

#define CACHE_LINE 128

// Waits for the launches before this one; the next one may begin from then on.
DEVICE void await_previous() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

// Lets a warp bring a row to the second cache, where every write of other launches is seen, too: a
// hint that is no access.
DEVICE void prefetch_row(const uint8 *row, int64 bytes) {
#if __CUDA_ARCH__ >= 900
  for (int64 at = threadIdx.x % WARP * CACHE_LINE; at < bytes; at += WARP * CACHE_LINE) {
    asm volatile("prefetch.L2 [%0];" ::"l"(row + at));
  }
#endif
}
