// Addresses of lanes, and whether they may be used.
#pragma once
#include "ptx_warp.h"

namespace ptx {

const uint32_t COPY_BYTES = 16;

// Generic addresses of shared and local memory and of parameters begin with one of these; those of
// global memory are addresses of the host.
const int WINDOW_SHIFT = 56;
const uint64_t SHARED_WINDOW = 1, LOCAL_WINDOW = 2, PARAM_WINDOW = 3;
// Local addresses begin here, so that 0 is none.
const uint32_t LOCAL_BEGIN = 64;

// Where the bytes lie that a load or store of each lane uses, if it may.
void locate(warp &w, const instruction &i, access kind, uint32_t bytes, unsigned char *found[LANES]);

// Checks an access to global memory of a lane, one to shared memory for many.
void check_global(warp &w, const instruction &i, access kind, int lane, uint64_t address, uint32_t bytes);

[[noreturn]] void fail_access(warp &w, int lane, const char *what, uint64_t address, const char *wrong);

}  // namespace ptx
