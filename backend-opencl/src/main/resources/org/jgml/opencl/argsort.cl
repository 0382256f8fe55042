// The indices that sort each row, or the first of them: a merge sort over keys that hold value and
// index, so that equal values stay in order. One work-item an element and pass.
kernel void sort_keys(global const uchar *x, rows_t x_rows, global ulong *keys, long length,
                      int descending) {
  long i = get_global_id(0);
  long row = get_global_id(1);
  if (i < length) {
    int order = order_of(f32_get(x + row_start(x_rows, row), i));
    order = descending ? ~order : order;
    keys[row * length + i] = (ulong)((uint)order ^ 0x80000000u) << 32 | (ulong)i;
  }
}

// Keys below `key` among `count` sorted ones.
inline long keys_below(global const ulong *keys, long count, ulong key) {
  long low = 0;
  while (low < count) {
    long middle = (low + count) / 2;
    if (keys[middle] < key) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return low;
}

// Merges neighbouring runs: each key moves to its place among both.
kernel void sort_merge(global const ulong *from, global ulong *to, long length, long run) {
  long i = get_global_id(0);
  if (i >= length) {
    return;
  }
  long row = get_global_id(1) * length;
  long pair = i / (2 * run) * (2 * run);
  long other = i - pair < run ? pair + run : pair;
  long count = max(0L, min(run, length - other));
  ulong key = from[row + i];
  long own = (i - pair) % run;
  to[row + pair + own + keys_below(from + row + min(other, length), count, key)] = key;
}

kernel void sort_indices(global const ulong *keys, global uchar *y, rows_t y_rows, long length,
                         long count) {
  long i = get_global_id(0);
  long row = get_global_id(1);
  if (i < count) {
    ((global int *)(y + row_start(y_rows, row)))[i] = (int)keys[row * length + i];
  }
}

// Short rows in one pass: each element counts those before it.
kernel void sort_short(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                       long length, long count, int descending) {
  long i = get_global_id(0);
  if (i >= length) {
    return;
  }
  global const uchar *from = x + row_start(x_rows, get_global_id(1));
  int own = order_of(f32_get(from, i));
  long rank = 0;
  for (long j = 0; j < length; j++) {
    int other = order_of(f32_get(from, j));
    bool before = descending ? other > own : other < own;
    rank += before || (other == own && j < i);
  }
  if (rank < count) {
    ((global int *)(y + row_start(y_rows, get_global_id(1))))[rank] = (int)i;
  }
}
