// What every kernel uses: where rows begin, and rows of floats in vectors of WIDTH.
//
// Host code gives every tensor as a buffer and a `rows_t`; all offsets are bytes. LANES work-items
// share a row where a kernel says so; they form one work-group. WIDTH is 4, 8 or 16; HALVES and
// SUBGROUPS are defined where the device has instructions for them.

#ifndef LANES
#define LANES 1
#endif

#define MAX_AXES 8
// Before a loop whose turns must become straight code.
#define UNROLL _Pragma("unroll")

typedef struct {
  long start;
  long rank;
  long extents[MAX_AXES];
  long strides[MAX_AXES];
} rows_t;

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define SIZED_(name, size) name##size
#define SIZED(name, size) SIZED_(name, size)
#define VLOAD SIZED(vload, WIDTH)
#define VSTORE SIZED(vstore, WIDTH)

typedef SIZED(float, WIDTH) floats;
typedef SIZED(uint, WIDTH) uints;
typedef SIZED(ushort, WIDTH) ushorts;

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
  return VLOAD(0, (global const float *)row + i);
}

inline floats bf16_vector(global const uchar *row, long i) {
  uints bits = SIZED(convert_uint, WIDTH)(VLOAD(0, (global const ushort *)row + i));
  return SIZED(as_float, WIDTH)(bits << 16);
}

inline void f32_put_vector(global uchar *row, long i, floats values) {
  VSTORE(values, 0, (global float *)row + i);
}

inline void bf16_put_vector(global uchar *row, long i, floats values) {
  uints bits = SIZED(as_uint, WIDTH)(values);
  uints rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  rounded = select(rounded, bits >> 16 | 0x40, isnan(values));
  VSTORE(SIZED(convert_ushort, WIDTH)(rounded), 0, (global ushort *)row + i);
}

#ifdef HALVES
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

inline floats f16_vector(global const uchar *row, long i) {
  return SIZED(convert_float, WIDTH)(VLOAD(0, (global const half *)row + i));
}

inline void f16_put_vector(global uchar *row, long i, floats values) {
  VSTORE(JOIN(SIZED(convert_half, WIDTH), rte)(values), 0, (global half *)row + i);
}

// The scale of a block.
inline float half_scale(global const uchar *at) {
  return convert_float(*(global const half *)at);
}
#else
// Halves go through private memory: PoCL reads and writes vectors of them by instructions that need
// aligned addresses, which rows of halves are not.
inline floats f16_vector(global const uchar *row, long i) {
  ushorts bits = VLOAD(0, (global const ushort *)row + i);
  return SIZED(vload_half, WIDTH)(0, (const half *)&bits);
}

inline void f16_put_vector(global uchar *row, long i, floats values) {
  ushorts bits;
  JOIN(SIZED(vstore_half, WIDTH), rte)(values, 0, (half *)&bits);
  VSTORE(bits, 0, (global ushort *)row + i);
}

// The scale of a block, a half: its bits, moved to where a float has them, are the number but for a
// power of two. The highest exponent, of infinities and NaN, carries over into bit 15; all bits of a
// float's exponent are set then. Where halves are not in hardware, `vload_half` takes three times as
// long, and a comparison instead of the carry a fifth of a decode step.
inline float half_scale(global const uchar *at) {
  int bits = *(global const short *)at;
  int carry = (bits & 0x7fff) + 0x400 & 0x8000;
  int moved = (bits & 0x80000000) | (bits & 0x7fff) << 13 | carry * 0xff00;
  return as_float(moved) * 0x1.0p112f;
}
#endif

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
    return VLOAD(0, values);                                                       \
  }                                                                                \
  inline void type##_store(global uchar *row, long i, long length, floats value) { \
    if (i + WIDTH <= length) {                                                     \
      type##_put_vector(row, i, value);                                            \
      return;                                                                      \
    }                                                                              \
    float values[WIDTH];                                                           \
    VSTORE(value, 0, values);                                                      \
    for (int j = 0; i + j < length; j++) {                                         \
      type##_set(row, i + j, values[j]);                                           \
    }                                                                              \
  }

DEFINE_PARTS(f32)
DEFINE_PARTS(f16)
DEFINE_PARTS(bf16)

inline float sum4(float4 v) {
  return (v.x + v.y) + (v.z + v.w);
}

inline float sum8(float8 v) {
  return sum4(v.lo + v.hi);
}

inline float sum16(float16 v) {
  return sum8(v.lo + v.hi);
}

inline float highest4(float4 v) {
  return fmax(fmax(v.x, v.y), fmax(v.z, v.w));
}

inline float highest8(float8 v) {
  return highest4(fmax(v.lo, v.hi));
}

inline float highest16(float16 v) {
  return highest8(fmax(v.lo, v.hi));
}

#define sum_of SIZED(sum, WIDTH)
#define max_of SIZED(highest, WIDTH)

// The sum, or the maximum, of a value of each of the LANES work-items, in every one of them.
#if LANES > 1
#define SHARED local
#define SCRATCH(name) local float name[LANES]
#define SCRATCH16(name) local float name[16 * LANES]

#ifdef SUBGROUPS
#ifdef cl_khr_subgroups
#pragma OPENCL EXTENSION cl_khr_subgroups : enable
#endif

// Values of all subgroups of this work-item's group, whose first items give them.
inline void share_subgroups(float value, local float *scratch) {
  barrier(CLK_LOCAL_MEM_FENCE);
  if (get_sub_group_local_id() == 0) {
    scratch[get_sub_group_id()] = value;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
}

inline float sum_lanes(float value, local float *scratch) {
  share_subgroups(sub_group_reduce_add(value), scratch);
  float sum = 0;
  for (uint i = 0; i < get_num_sub_groups(); i++) {
    sum += scratch[i];
  }
  return sum;
}

inline float max_lanes(float value, local float *scratch) {
  share_subgroups(sub_group_reduce_max(value), scratch);
  float highest = -INFINITY;
  for (uint i = 0; i < get_num_sub_groups(); i++) {
    highest = fmax(highest, scratch[i]);
  }
  return highest;
}
#else
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
#endif
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
