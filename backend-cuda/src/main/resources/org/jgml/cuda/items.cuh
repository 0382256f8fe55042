// Which piece of which row a thread makes, where blocks of a launch have work of several kinds.
#pragma once
#include "common.cuh"

DEVICE int64 thread_of_grid() {
  return (int64)blockIdx.x * blockDim.x + threadIdx.x;
}

// As item_of, for a thread of this number.
DEVICE bool item_at(int64 thread, int64 items, int64 rows, int64 &row, int64 &item) {
  if (thread >= items * rows) {
    return false;
  }
  row = divide(thread, items, item);
  return true;
}
