// Actions that compute something of each lane's operands, from functions of single values.
#pragma once
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "ptx_lanes.h"

namespace ptx {

typedef std::unordered_map<std::string, form> forms;

template <class T>
const int BYTES = sizeof(T);

// F makes a result of elements of these types.
template <class F, class R, class... A, size_t... I>
void apply(warp &w, const instruction &i, std::index_sequence<I...>) {
  std::tuple<const A *...> from(w.at<A>(i.at[I + 1])...);
  write<R>(w, i.at[0], [&](int lane) { return (R)F()(std::get<I>(from)[lane]...); });
}

template <class F, class R, class... A>
void compute(warp &w, const instruction &i) {
  apply<F, R, A...>(w, i, std::index_sequence_for<A...>());
}

template <class R, class... A, class F>
form op(F) {
  return form{compute<F, R, A...>, {BYTES<R>, BYTES<A>...}};
}

// A comparison, whose result is a predicate.
template <class F, class T>
void compare(warp &w, const instruction &i) {
  const T *left = w.at<T>(i.at[1]);
  const T *right = w.at<T>(i.at[2]);
  write_bits(w, i.at[0], bits_of([&](int lane) { return F()(left[lane], right[lane]); }));
}

template <class T, class F>
form test(F) {
  return form{compare<F, T>, {1, BYTES<T>, BYTES<T>}};
}

// Numbers that are less, equal or greater; floats that are no numbers make all of these false but ne.
template <class T>
void add_tests(forms &all, const std::string &type) {
  all["setp.eq" + type] = test<T>([](T a, T b) { return a == b; });
  all["setp.lt" + type] = test<T>([](T a, T b) { return a < b; });
  all["setp.le" + type] = test<T>([](T a, T b) { return a <= b; });
  all["setp.gt" + type] = test<T>([](T a, T b) { return a > b; });
  all["setp.ge" + type] = test<T>([](T a, T b) { return a >= b; });
  if (std::is_floating_point_v<T>) {
    all["setp.ne" + type] = test<T>([](T a, T b) { return a < b || a > b; });
    all["setp.equ" + type] = test<T>([](T a, T b) { return !(a < b || a > b); });
    all["setp.neu" + type] = test<T>([](T a, T b) { return !(a == b); });
    all["setp.ltu" + type] = test<T>([](T a, T b) { return !(a >= b); });
    all["setp.leu" + type] = test<T>([](T a, T b) { return !(a > b); });
    all["setp.gtu" + type] = test<T>([](T a, T b) { return !(a <= b); });
    all["setp.geu" + type] = test<T>([](T a, T b) { return !(a < b); });
    all["setp.num" + type] = test<T>([](T a, T b) { return a == a && b == b; });
    all["setp.nan" + type] = test<T>([](T a, T b) { return a != a || b != b; });
  } else {
    all["setp.ne" + type] = test<T>([](T a, T b) { return a != b; });
  }
}

// Behind the name of a conversion of bytes whose operand is a register of 4 bytes, not of 2.
const char *const WIDE = " of 4 bytes";

// Adds those on floats, and conversions.
void add_float_forms(forms &all);

}  // namespace ptx
