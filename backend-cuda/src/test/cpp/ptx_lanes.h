// Loops over the lanes of a warp.
#pragma once
#include <string.h>

#include <type_traits>

#include "ptx_warp.h"

namespace ptx {

template <class To, class From>
inline To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof(To));
  return to;
}

// Writes a value of each lane for which the instruction is.
template <class T, class F>
inline void write(warp &w, place to, F value) {
  T *result = w.at<T>(to);
  if (w.mask == ALL) {
#pragma GCC ivdep
    for (int lane = 0; lane < LANES; lane++) {
      result[lane] = value(lane);
    }
  } else {
    uint32_t mask = w.mask;
#pragma GCC ivdep
    for (int lane = 0; lane < LANES; lane++) {
      T computed = value(lane);
      result[lane] = mask >> lane & 1 ? computed : result[lane];
    }
  }
}

// Writes a bit of each lane for which the instruction is.
inline void write_bits(warp &w, place to, uint32_t bits) {
  uint32_t &result = w.predicate(to);
  result = (result & ~w.mask) | (bits & w.mask);
}

template <class F>
inline uint32_t bits_of(F value) {
  uint32_t bits = 0;
#pragma GCC ivdep
  for (int lane = 0; lane < LANES; lane++) {
    bits |= (uint32_t)value(lane) << lane;
  }
  return bits;
}

}  // namespace ptx
