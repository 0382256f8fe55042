// What every kernel uses: where rows begin, and rows of floats in vectors of WIDTH.
//
// Host code gives every tensor as a buffer and a `rows_t`; all offsets are bytes. LANES work-items
// share a row where a kernel says so; they form one work-group.

#ifndef LANES
#define LANES 1
#endif

#define MAX_AXES 8
#define WIDTH 8
// Before a loop whose turns must become straight code.
#define UNROLL _Pragma("unroll")

typedef struct {
  long start;
  long rank;
  long extents[MAX_AXES];
  long strides[MAX_AXES];
} rows_t;

typedef float8 floats;

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

// The byte at which a row begins; rows are numbered in row-major order.
inline long row_start(const rows_t rows, long row) {
  long at = rows.start;
  for (int axis = (int)rows.rank - 1; axis > 0; axis--) {
    at += row % rows.extents[axis] * rows.strides[axis];
    row /= rows.extents[axis];
  }
  return at + row * rows.strides[0];
}

inline float f32_get(global const uchar *row, long i) {
  return ((global const float *)row)[i];
}

inline float f16_get(global const uchar *row, long i) {
  return vload_half(i, (global const half *)row);
}

inline float bf16_get(global const uchar *row, long i) {
  return as_float((uint)((global const ushort *)row)[i] << 16);
}

inline void f32_set(global uchar *row, long i, float value) {
  ((global float *)row)[i] = value;
}

inline void f16_set(global uchar *row, long i, float value) {
  vstore_half_rte(value, i, (global half *)row);
}

// Rounds to nearest, ties to even; a NaN stays one.
inline void bf16_set(global uchar *row, long i, float value) {
  uint bits = as_uint(value);
  uint rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  ((global ushort *)row)[i] = (ushort)(isnan(value) ? bits >> 16 | 0x40 : rounded);
}

inline floats f32_vector(global const uchar *row, long i) {
  return vload8(0, (global const float *)row + i);
}

// Halves go through private memory: PoCL reads and writes vectors of them by instructions that need
// aligned addresses, which rows of halves are not.
inline floats f16_vector(global const uchar *row, long i) {
  ushort8 bits = vload8(0, (global const ushort *)row + i);
  return vload_half8(0, (const half *)&bits);
}

inline floats bf16_vector(global const uchar *row, long i) {
  return as_float8(convert_uint8(vload8(0, (global const ushort *)row + i)) << 16);
}

inline void f32_put_vector(global uchar *row, long i, floats values) {
  vstore8(values, 0, (global float *)row + i);
}

inline void f16_put_vector(global uchar *row, long i, floats values) {
  ushort8 bits;
  vstore_half8_rte(values, 0, (half *)&bits);
  vstore8(bits, 0, (global ushort *)row + i);
}

inline void bf16_put_vector(global uchar *row, long i, floats values) {
  uint8 bits = as_uint8(values);
  uint8 rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  rounded = select(rounded, bits >> 16 | 0x40, isnan(values));
  vstore8(convert_ushort8(rounded), 0, (global ushort *)row + i);
}

// Up to WIDTH elements of a row from `i` on; the rest is 0.
#define DEFINE_PARTS(type)                                                         \
  inline floats type##_load(global const uchar *row, long i, long length) {        \
    if (i + WIDTH <= length) {                                                     \
      return type##_vector(row, i);                                                \
    }                                                                              \
    float values[WIDTH] = {0};                                                     \
    for (int j = 0; i + j < length; j++) {                                         \
      values[j] = type##_get(row, i + j);                                          \
    }                                                                              \
    return vload8(0, values);                                                      \
  }                                                                                \
  inline void type##_store(global uchar *row, long i, long length, floats value) { \
    if (i + WIDTH <= length) {                                                     \
      type##_put_vector(row, i, value);                                            \
      return;                                                                      \
    }                                                                              \
    float values[WIDTH];                                                           \
    vstore8(value, 0, values);                                                     \
    for (int j = 0; i + j < length; j++) {                                         \
      type##_set(row, i + j, values[j]);                                           \
    }                                                                              \
  }

DEFINE_PARTS(f32)
DEFINE_PARTS(f16)
DEFINE_PARTS(bf16)

// The scale of a block, a finite half: its bits, moved to where a float has them, are the number but
// for a power of two. Where halves are not in hardware, `vload_half` takes three times as long.
inline float half_scale(global const uchar *at) {
  int bits = *(global const short *)at;
  return as_float((bits & 0x80000000) | (bits & 0x7fff) << 13) * 0x1.0p112f;
}

inline float sum_of(floats v) {
  float4 half_sum = v.lo + v.hi;
  return (half_sum.x + half_sum.y) + (half_sum.z + half_sum.w);
}

inline float max_of(floats v) {
  float4 half_max = fmax(v.lo, v.hi);
  return fmax(fmax(half_max.x, half_max.y), fmax(half_max.z, half_max.w));
}

inline float sum16(float16 v) {
  return sum_of(v.lo + v.hi);
}

// The sum, or the maximum, of a value of each of the LANES work-items, in every one of them.
#if LANES > 1
#define SHARED local
#define SCRATCH(name) local float name[LANES]
#define SCRATCH16(name) local float name[16 * LANES]

inline float sum_lanes(float value, local float *scratch) {
  int lane = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[lane] = value;
  for (int distance = LANES / 2; distance > 0; distance /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < distance) {
      scratch[lane] += scratch[lane + distance];
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return scratch[0];
}

inline float max_lanes(float value, local float *scratch) {
  int lane = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[lane] = value;
  for (int distance = LANES / 2; distance > 0; distance /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < distance) {
      scratch[lane] = fmax(scratch[lane], scratch[lane + distance]);
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return scratch[0];
}
#else
#define SHARED
#define SCRATCH(name) float *name = 0
#define SCRATCH16(name) float *name = 0
#define sum_lanes(value, scratch) (value)
#define max_lanes(value, scratch) (value)
#endif

// Index errors: the first wrong index of a run, and the step that met it.
typedef struct {
  int step;
  int index;
} fault_t;

// An index that can be used; a wrong one is noted and becomes 0.
inline long checked_index(long index, long limit, int step, global volatile int *fault) {
  if (index >= 0 && index < limit) {
    return index;
  }
  if (atomic_cmpxchg(fault, 0, step) == 0) {
    fault[1] = (int)index;
  }
  return 0;
}

inline long index_at(global const uchar *row, long i, int index_bytes) {
  return index_bytes == 8 ? ((global const long *)row)[i] : ((global const int *)row)[i];
}
