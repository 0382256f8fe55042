// Kernels that a C++ compiler has made from their sources, with the threads of a block as fibers.
#pragma once
#include <stddef.h>

struct emulation_dim {
  unsigned x, y, z;
};

namespace fibers {

typedef void (*kernel_t)(const void *);

const int MOST_THREADS = 1024;
const size_t SHARED_BYTES = 228 << 10;

// Runs a kernel in all blocks of a grid. Returns what is wrong with it, or 0.
const char *run(kernel_t kernel, const void *arguments, emulation_dim grid, emulation_dim threads,
                unsigned shared, bool backwards);

}  // namespace fibers
