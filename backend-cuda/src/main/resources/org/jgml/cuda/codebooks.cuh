// The integers that elements can be, before they are scaled: Levels.java and GridCodebook.java of the
// core, which has the tables.
#pragma once
#include "fit.cuh"
#include "grid_formats.cuh"

// What FittedBlocks.java writes: ratios by which a search stretches the codebook, and the table by which
// the nearest integers are found.
struct codebook_t {
  const float *stretches;
  const uint8 *table;
  int stretch_count;
  int table_count;
  int smallest;
  int largest;
};

// A few integers, whatever the other elements are: the table has the nearest for each half.
struct level_codebook {
  codebook_t facts;

  __device__ __forceinline__ level_codebook(const codebook_t &facts) : facts(facts) {}

  // Finds the integers nearest to values times `inverse`.
  template <int GROUP>
  __device__ __forceinline__ void assign(const float *values, float inverse, signed char *levels) const {
UNROLL_SOME
    for (int i = 0; i < GROUP; i++) {
      int bin = (int)(2 * (values[i] * inverse - facts.smallest));
      levels[i] = ((const signed char *)facts.table)[limited(bin, 0, facts.table_count - 1)];
    }
  }
};

// The points of a grid, of `DIMENSIONS` coordinates of `BITS` each that name one of `COUNT` values, from
// `FIRST` of the grids on, with signs for runs of 8 elements, of which an even number must be negative if
// `IS_EVEN`. The table has the `NEIGHBOURS` points to look at for each cell.
template <int FIRST, int DIMENSIONS, int BITS, int COUNT, uint64 VALUES, int NEIGHBOURS, bool IS_EVEN>
struct grid_codebook {
  static const int RUN = 8;

  codebook_t facts;

  __device__ __forceinline__ grid_codebook(const codebook_t &facts) : facts(facts) {}

  static __device__ __forceinline__ int value_of(int index) {
    return (int)(VALUES >> (8 * index) & 255);
  }

  static __device__ __forceinline__ int coordinate_of(uint32 point, int i) {
    return value_of(point >> (BITS * i) & ((1 << BITS) - 1));
  }

  // The signs of eight values; where they must be even and are not, that of the smallest is wrong.
  static __device__ __forceinline__ uint32 signs_of(const float *values) {
    uint32 signs = 0;
    int smallest = 0;
#pragma unroll 1
    for (int i = 0; i < RUN; i++) {
      signs |= (values[i] < 0 ? 1u : 0u) << i;
      smallest = fabsf(values[i]) < fabsf(values[smallest]) ? i : smallest;
    }
    return IS_EVEN && (__popc(signs) & 1) == 1 ? signs ^ 1u << smallest : signs;
  }

  static __device__ __forceinline__ int cell_of(const float *magnitudes) {
    int cell = 0;
    for (int i = 0; i < DIMENSIONS; i++) {
      int index = 0;
#pragma unroll 1
      while (index < COUNT - 1 && 2 * magnitudes[i] > value_of(index) + value_of(index + 1)) {
        index++;
      }
      cell |= index << (BITS * i);
    }
    return cell;
  }

  static __device__ __forceinline__ float distance_of(uint32 point, const float *magnitudes) {
    float distance = 0;
    for (int i = 0; i < DIMENSIONS; i++) {
      float difference = (float)coordinate_of(point, i) - magnitudes[i];
      distance += difference * difference;
    }
    return distance;
  }

  // The number of the nearest point.
  __device__ __forceinline__ int nearest_point(const float *magnitudes) const {
    const uint16 *near = (const uint16 *)facts.table + cell_of(magnitudes) * NEIGHBOURS;
    int best = near[0];
    float least = distance_of(grid_codes[FIRST + best], magnitudes);
#pragma unroll 1
    for (int i = 1; i < NEIGHBOURS; i++) {
      float distance = distance_of(grid_codes[FIRST + near[i]], magnitudes);
      if (distance < least) {
        least = distance;
        best = near[i];
      }
    }
    return best;
  }

  template <int GROUP>
  __device__ __forceinline__ void assign(const float *values, float inverse, signed char *levels) const {
#pragma unroll 1
    for (int first = 0; first < GROUP; first += DIMENSIONS) {
      uint32 signs = signs_of(values + first / RUN * RUN) >> (first % RUN);
      float magnitudes[DIMENSIONS];
      for (int i = 0; i < DIMENSIONS; i++) {
        float value = values[first + i] * inverse;
        magnitudes[i] = (signs >> i & 1) == 0 ? value : -value;
      }
      uint32 point = grid_codes[FIRST + nearest_point(magnitudes)];
      for (int i = 0; i < DIMENSIONS; i++) {
        int magnitude = coordinate_of(point, i);
        levels[first + i] = (signed char)((signs >> i & 1) == 0 ? magnitude : -magnitude);
      }
    }
  }

  // The number of the point of levels that `assign` gave.
  __device__ __forceinline__ int point_of(const signed char *levels) const {
    float magnitudes[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      magnitudes[i] = (float)(levels[i] < 0 ? -levels[i] : levels[i]);
    }
    return nearest_point(magnitudes);
  }

  // The signs of eight levels, a bit each.
  static __device__ __forceinline__ uint32 signs_of_levels(const signed char *levels) {
    uint32 signs = 0;
    for (int i = 0; i < RUN; i++) {
      signs |= (levels[i] < 0 ? 1u : 0u) << i;
    }
    return signs;
  }
};
