// The indices of the largest elements of each row, the largest first.
//
// Value and index make one key, smaller for what comes earlier. Chunk c of a row is every
// `chunks`-th element from c on, so that neighbouring items read neighbours; each chunk knows its
// smallest key that is not taken yet. One work-group a row takes the smallest of these, and looks
// for the next of its chunk, until it has enough.
inline ulong key_of(global const uchar *row, long i) {
  return (ulong)((uint)~order_of(f32_get(row, i)) ^ 0x80000000u) << 32 | (ulong)i;
}

// The smallest key above `taken` among the elements from `first` on, `step` apart.
inline ulong next_key(global const uchar *row, long first, long length, long step, ulong taken) {
  ulong next = ULONG_MAX;
  for (long i = first; i < length; i += step) {
    ulong key = key_of(row, i);
    next = key > taken ? min(next, key) : next;
  }
  return next;
}

#if LANES > 1
inline ulong least_of_lanes(ulong key, local ulong *scratch) {
  int lane = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[lane] = key;
  for (int distance = LANES / 2; distance > 0; distance /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < distance) {
      scratch[lane] = min(scratch[lane], scratch[lane + distance]);
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return scratch[0];
}
#endif

kernel void top_k_chunks(global const uchar *x, rows_t x_rows, global ulong *firsts, long length,
                         long chunks) {
  long chunk = get_global_id(0);
  long row = get_global_id(1);
  if (chunk < chunks) {
    firsts[row * chunks + chunk] = next_key(x + row_start(x_rows, row), chunk, length, chunks, 0);
  }
}

kernel void top_k(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                  global ulong *firsts, long length, long chunks, long count) {
#if LANES > 1
  local ulong scratch[LANES];
#endif
  long row = get_group_id(0);
  long lane = get_local_id(0);
  global const uchar *from = x + row_start(x_rows, row);
  global int *to = (global int *)(y + row_start(y_rows, row));
  firsts += row * chunks;
  for (long i = 0; i < count; i++) {
    ulong taken = ULONG_MAX;
    for (long chunk = lane; chunk < chunks; chunk += LANES) {
      taken = min(taken, firsts[chunk]);
    }
#if LANES > 1
    taken = least_of_lanes(taken, scratch);
#endif
    long chunk = (long)(taken & UINT_MAX) % chunks;
    ulong next = next_key(from, chunk + lane * chunks, length, LANES * chunks, taken);
#if LANES > 1
    next = least_of_lanes(next, scratch);
#endif
    if (lane == 0) {
      to[i] = (int)taken;
      firsts[chunk] = next;
    }
#if LANES > 1
    barrier(CLK_GLOBAL_MEM_FENCE);
#endif
  }
}
