// Copies from global to shared memory that a thread does not wait for: groups of them are committed,
// and all but the last few groups waited for.
#pragma once
#include "common.cuh"

// An address in shared memory as instructions take it.
DEVICE uint32 shared_address(const void *at) {
  return (uint32)__cvta_generic_to_shared(at);
}

// 16 bytes, or as many zeros if there is nothing to copy.
DEVICE void copy_async(void *to, const void *from, bool is_there) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :: "r"(shared_address(to)), "l"(from), "r"(is_there ? 16 : 0) : "memory");
}

DEVICE void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits for this thread's groups but the last LEFT.
template <int LEFT>
DEVICE void await_copies() {
  asm volatile("cp.async.wait_group %0;" :: "n"(LEFT) : "memory");
}
