// What a token does between its products and attention: queries are turned, keys turned on their way to
// their cache, values put into theirs, which hold plain types. Blocks make the first, then the next.
#include "dependent.cuh"
#include "stored_rotation.cuh"

struct rope_joined_t {
  rope_t query;
  rope_set_rows_t key;
  set_rows_t value;
  int64 key_block;
  int64 value_block;
};

DEVICE int64 thread_behind(int64 block) {
  return thread_of_grid() - block * blockDim.x;
}

KERNEL(rope_joined, rope_joined_t, 256) {
  await_previous();
  if (blockIdx.x < a.key_block) {
    rope<f32_t>(a.query, thread_of_grid());
  } else if (blockIdx.x < a.value_block) {
    rope_set_rows_plain(a.key, thread_behind(a.key_block));
  } else {
    set_rows_plain(a.value, thread_behind(a.value_block));
  }
}
