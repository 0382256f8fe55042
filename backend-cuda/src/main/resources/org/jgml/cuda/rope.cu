// Pairs of elements of each head turned by the rotations of rope_angles.
#include "dependent.cuh"
#include "rope.cuh"

template <class T>
DEVICE void rope(const rope_t &a) {
  await_previous();
  rope<T>(a, thread_of_grid());
}

KERNEL(rope_f32, rope_t, 256) { rope<f32_t>(a); }
KERNEL(rope_f16, rope_t, 256) { rope<f16_t>(a); }
KERNEL(rope_bf16, rope_t, 256) { rope<bf16_t>(a); }
