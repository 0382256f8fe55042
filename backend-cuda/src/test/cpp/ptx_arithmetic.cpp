// Arithmetic, comparisons and conversions, as chapter 9.7 of the PTX ISA has them.
#include <fenv.h>
#include <math.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "ptx_lanes.h"

namespace ptx {
namespace {

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

// The same, but for each lane by itself, as it can fail or must not be made for other lanes.
template <class F, class T>
void divide(warp &w, const instruction &i) {
  T *result = w.at<T>(i.at[0]);
  const T *left = w.at<T>(i.at[1]);
  const T *right = w.at<T>(i.at[2]);
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      if (right[lane] == 0) {
        w.fail(lane, "divides by zero");
      }
      bool overflows = right[lane] == (T)-1 && std::is_signed_v<T>;
      result[lane] = overflows ? F().by_minus_one(left[lane]) : F()(left[lane], right[lane]);
    }
  }
}

struct quotient {
  template <class T>
  T operator()(T a, T b) { return a / b; }
  template <class T>
  T by_minus_one(T a) { return (T)(0 - (uint64_t)a); }
};

struct remainder_of {
  template <class T>
  T operator()(T a, T b) { return a % b; }
  template <class T>
  T by_minus_one(T) { return 0; }
};

// Exact, as doubles have room for both and for what the quotient is away from the next whole number.
void divide_u32(warp &w, const instruction &i) {
  const uint32_t *left = w.at<uint32_t>(i.at[1]);
  const uint32_t *right = w.at<uint32_t>(i.at[2]);
  uint32_t zeros = bits_of([&](int lane) { return right[lane] == 0; }) & w.mask;
  if (zeros != 0) {
    w.fail(__builtin_ctz(zeros), "divides by zero");
  }
  write<uint32_t>(w, i.at[0], [&](int lane) {
    double by = right[lane] == 0 ? 1 : right[lane];
    return (uint32_t)(int64_t)((double)left[lane] / by);
  });
}

// F is computed with another rounding than to nearest.
template <class F, class R, class... A>
__attribute__((noinline)) void compute_rounded(warp &w, const instruction &i) {
  fesetround(F::ROUNDING);
  compute<F, R, A...>(w, i);
  fesetround(FE_TONEAREST);
}

struct fma_down {
  static const int ROUNDING = FE_DOWNWARD;
  float operator()(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
};

struct add_to_zero {
  static const int ROUNDING = FE_TOWARDZERO;
  float operator()(float a, float b) { return a + b; }
};

// F, off by one in the last place for half of all numbers, as instructions that approximate may be.
template <class F>
void approximate(warp &w, const instruction &i) {
  const float *from = w.at<float>(i.at[1]);
  write<float>(w, i.at[0], [&](int lane) {
    float exact = F()(from[lane]);
    bool is_regular = from[lane] != 0 && exact > std::numeric_limits<float>::min()
        && exact < std::numeric_limits<float>::max();
    uint32_t off = bits_as<uint32_t>(from[lane]) & 1;
    return is_regular ? bits_as<float>(bits_as<uint32_t>(exact) + off) : exact;
  });
}

template <class F>
form approximation(F) {
  return form{approximate<F>, {4, 4}};
}

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

template <class F>
void combine(warp &w, const instruction &i) {
  write_bits(w, i.at[0], F()(w.predicate(i.at[1]), w.predicate(i.at[2])));
}

void negate_predicate(warp &w, const instruction &i) { write_bits(w, i.at[0], ~w.predicate(i.at[1])); }
void move_predicate(warp &w, const instruction &i) { write_bits(w, i.at[0], w.predicate(i.at[1])); }

template <class T>
void select(warp &w, const instruction &i) {
  const T *yes = w.at<T>(i.at[1]);
  const T *no = w.at<T>(i.at[2]);
  uint32_t which = w.predicate(i.at[3]);
  write<T>(w, i.at[0], [&](int lane) { return which >> lane & 1 ? yes[lane] : no[lane]; });
}

float half_to_float(uint16_t bits) { return (float)bits_as<_Float16>(bits); }
uint16_t float_to_half(float value) { return bits_as<uint16_t>((_Float16)value); }

// Denormals become zeros of their sign.
float flushed(float value) { return fabsf(value) < std::numeric_limits<float>::min() ? copysignf(0, value) : value; }

// The value of an integer type that is closest; 0 for what is no number.
template <class T>
T saturated(double value) {
  double low = (double)std::numeric_limits<T>::min();
  double high = (double)std::numeric_limits<T>::max();
  return value != value ? 0 : value <= low ? std::numeric_limits<T>::min()
      : value >= high ? std::numeric_limits<T>::max() : (T)value;
}

float least(float a, float b) { return a != a ? b : b != b ? a : a < b || (a == b && signbit(a)) ? a : b; }
float largest(float a, float b) { return a != a ? b : b != b ? a : a > b || (a == b && signbit(b)) ? a : b; }

uint32_t permuted(uint32_t a, uint32_t b, uint32_t selector) {
  uint64_t bytes = (uint64_t)b << 32 | a;
  uint32_t result = 0;
  for (int i = 0; i < 4; i++) {
    uint32_t which = selector >> 4 * i & 15;
    uint32_t byte = (uint32_t)(bytes >> 8 * (which & 7)) & 255;
    result |= (which & 8 ? (byte & 128 ? 255 : 0) : byte) << 8 * i;
  }
  return result;
}

template <class T>
T with_field(T a, T b, uint32_t position, uint32_t length) {
  position &= 255;
  length &= 255;
  T result = b;
  for (uint32_t i = 0; i < length && position + i < 8 * sizeof(T); i++) {
    T bit = (T)1 << (position + i);
    result = a >> i & 1 ? result | bit : result & ~bit;
  }
  return result;
}

uint32_t reversed(uint32_t a) {
  uint32_t result = 0;
  for (int i = 0; i < 32; i++) {
    result |= (a >> i & 1) << (31 - i);
  }
  return result;
}

template <class F>
uint32_t pairwise(uint32_t a, uint32_t b, F f) {
  uint16_t low = float_to_half(f(half_to_float((uint16_t)a), half_to_float((uint16_t)b)));
  uint16_t high = float_to_half(f(half_to_float(a >> 16), half_to_float(b >> 16)));
  return low | (uint32_t)high << 16;
}

// Whole numbers: S is signed, U is not; results wrap.
template <class S, class U>
void add_whole(forms &all, const std::string &bits) {
  for (const char *sign : {".s", ".u"}) {
    std::string t = sign + bits;
    all["add" + t] = op<U, U, U>([](U a, U b) { return a + b; });
    all["sub" + t] = op<U, U, U>([](U a, U b) { return a - b; });
    all["mul.lo" + t] = op<U, U, U>([](U a, U b) { return (U)((uint64_t)a * b); });
    all["mad.lo" + t] = op<U, U, U, U>([](U a, U b, U c) { return (U)((uint64_t)a * b + c); });
    all["neg" + t] = op<U, U>([](U a) { return 0 - a; });
  }
  all["shr.s" + bits] = op<S, S, uint32_t>([](S a, uint32_t b) { return a >> (b >= 8 * sizeof(S) ? 8 * sizeof(S) - 1 : b); });
  all["shr.u" + bits] = op<U, U, uint32_t>([](U a, uint32_t b) { return b >= 8 * sizeof(U) ? 0 : a >> b; });
  all["shr.b" + bits] = all["shr.u" + bits];
  all["shl.b" + bits] = op<U, U, uint32_t>([](U a, uint32_t b) { return b >= 8 * sizeof(U) ? 0 : a << b; });
  all["and.b" + bits] = op<U, U, U>([](U a, U b) { return a & b; });
  all["or.b" + bits] = op<U, U, U>([](U a, U b) { return a | b; });
  all["xor.b" + bits] = op<U, U, U>([](U a, U b) { return a ^ b; });
  all["not.b" + bits] = op<U, U>([](U a) { return ~a; });
  all["min.s" + bits] = op<S, S, S>([](S a, S b) { return std::min(a, b); });
  all["max.s" + bits] = op<S, S, S>([](S a, S b) { return std::max(a, b); });
  all["min.u" + bits] = op<U, U, U>([](U a, U b) { return std::min(a, b); });
  all["max.u" + bits] = op<U, U, U>([](U a, U b) { return std::max(a, b); });
  all["div.s" + bits] = form{divide<quotient, S>, {BYTES<S>, BYTES<S>, BYTES<S>}};
  all["div.u" + bits] = form{divide<quotient, U>, {BYTES<S>, BYTES<S>, BYTES<S>}};
  all["rem.s" + bits] = form{divide<remainder_of, S>, {BYTES<S>, BYTES<S>, BYTES<S>}};
  all["rem.u" + bits] = form{divide<remainder_of, U>, {BYTES<S>, BYTES<S>, BYTES<S>}};
  for (const char *sign : {".s", ".u", ".b", ".f"}) {
    all["selp" + (sign + bits)] = form{select<U>, {BYTES<U>, BYTES<U>, BYTES<U>, 1}};
  }
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

// From a type, in a register of another size for those of 8 bits, to all others, cut off or extended by
// its sign.
template <class T, class Register = T>
void add_conversions(forms &all, const std::string &type) {
  all["cvt.u16" + type] = op<uint16_t, Register>([](Register a) { return (uint16_t)(T)a; });
  all["cvt.s16" + type] = op<int16_t, Register>([](Register a) { return (int16_t)(T)a; });
  all["cvt.u32" + type] = op<uint32_t, Register>([](Register a) { return (uint32_t)(T)a; });
  all["cvt.s32" + type] = op<int32_t, Register>([](Register a) { return (int32_t)(T)a; });
  all["cvt.u64" + type] = op<uint64_t, Register>([](Register a) { return (uint64_t)(T)a; });
  all["cvt.s64" + type] = op<int64_t, Register>([](Register a) { return (int64_t)(T)a; });
  all["cvt.rn.f32" + type] = op<float, Register>([](Register a) { return (float)(T)a; });
  all["cvt.rn.f64" + type] = op<double, Register>([](Register a) { return (double)(T)a; });
}

// From floats to a whole type, by rounding.
template <class T>
void add_roundings(forms &all, const std::string &type) {
  all["cvt.rzi" + type + ".f32"] = op<T, float>([](float a) { return saturated<T>(__builtin_truncf(a)); });
  all["cvt.rni" + type + ".f32"] = op<T, float>([](float a) { return saturated<T>(__builtin_rintf(a)); });
  all["cvt.rmi" + type + ".f32"] = op<T, float>([](float a) { return saturated<T>(__builtin_floorf(a)); });
  all["cvt.rpi" + type + ".f32"] = op<T, float>([](float a) { return saturated<T>(__builtin_ceilf(a)); });
}

void add_wide_products(forms &all) {
  all["mul.wide.s16"] = op<int32_t, int16_t, int16_t>([](int16_t a, int16_t b) { return (int32_t)a * b; });
  all["mul.wide.u16"] = op<uint32_t, uint16_t, uint16_t>([](uint16_t a, uint16_t b) { return (uint32_t)a * b; });
  all["mul.wide.s32"] = op<int64_t, int32_t, int32_t>([](int32_t a, int32_t b) { return (int64_t)a * b; });
  all["mul.wide.u32"] = op<uint64_t, uint32_t, uint32_t>([](uint32_t a, uint32_t b) { return (uint64_t)a * b; });
  all["mad.wide.s32"] = op<int64_t, int32_t, int32_t, int64_t>(
      [](int32_t a, int32_t b, int64_t c) { return (int64_t)((uint64_t)((int64_t)a * b) + (uint64_t)c); });
  all["mad.wide.u32"] = op<uint64_t, uint32_t, uint32_t, uint64_t>(
      [](uint32_t a, uint32_t b, uint64_t c) { return (uint64_t)a * b + c; });
  all["mul.hi.u32"] = op<uint32_t, uint32_t, uint32_t>([](uint32_t a, uint32_t b) { return (uint64_t)a * b >> 32; });
  all["mul.hi.s32"] = op<int32_t, int32_t, int32_t>([](int32_t a, int32_t b) { return (int64_t)a * b >> 32; });
}

void add_bits(forms &all) {
  typedef uint32_t U;
  all["prmt.b32"] = op<U, U, U, U>([](U a, U b, U c) { return permuted(a, b, c); });
  all["shf.r.wrap.b32"] = op<U, U, U, U>([](U a, U b, U c) { return (U)(((uint64_t)b << 32 | a) >> (c & 31)); });
  all["shf.l.wrap.b32"] = op<U, U, U, U>([](U a, U b, U c) { return (U)(((uint64_t)b << 32 | a) << (c & 31) >> 32); });
  all["bfi.b32"] = op<U, U, U, U, U>([](U a, U b, U c, U d) { return with_field<U>(a, b, c, d); });
  all["bfi.b64"] = op<uint64_t, uint64_t, uint64_t, U, U>([](uint64_t a, uint64_t b, U c, U d) { return with_field<uint64_t>(a, b, c, d); });
  all["popc.b32"] = op<U, U>([](U a) { return (U)__builtin_popcount(a); });
  all["brev.b32"] = op<U, U>([](U a) { return reversed(a); });
  all["clz.b32"] = op<U, U>([](U a) { return a == 0 ? 32 : (U)__builtin_clz(a); });
  all["bfind.u32"] = op<U, U>([](U a) { return a == 0 ? ~0u : 31 - (U)__builtin_clz(a); });
  all["bfind.shiftamt.u32"] = op<U, U>([](U a) { return a == 0 ? ~0u : (U)__builtin_clz(a); });
  all["not.pred"] = form{negate_predicate, {1, 1}};
  all["mov.pred"] = form{move_predicate, {1, 1}};
  all["and.pred"] = form{combine<decltype([](U a, U b) { return a & b; })>, {1, 1, 1}};
  all["or.pred"] = form{combine<decltype([](U a, U b) { return a | b; })>, {1, 1, 1}};
  all["xor.pred"] = form{combine<decltype([](U a, U b) { return a ^ b; })>, {1, 1, 1}};
}

void add_floats(forms &all) {
  typedef float F;
  all["add.rn.f32"] = op<F, F, F>([](F a, F b) { return a + b; });
  all["sub.rn.f32"] = op<F, F, F>([](F a, F b) { return a - b; });
  all["mul.rn.f32"] = op<F, F, F>([](F a, F b) { return a * b; });
  all["div.rn.f32"] = op<F, F, F>([](F a, F b) { return a / b; });
  all["fma.rn.f32"] = op<F, F, F, F>([](F a, F b, F c) { return __builtin_fmaf(a, b, c); });
  all["fma.rm.f32"] = form{compute_rounded<fma_down, F, F, F, F>, {4, 4, 4, 4}};
  all["add.rz.f32"] = form{compute_rounded<add_to_zero, F, F, F>, {4, 4, 4}};
  all["sqrt.rn.f32"] = op<F, F>([](F a) { return __builtin_sqrtf(a); });
  all["rcp.rn.f32"] = op<F, F>([](F a) { return 1 / a; });
  all["rcp.approx.ftz.f32"] = approximation([](F a) { return flushed(1 / flushed(a)); });
  all["ex2.approx.f32"] = approximation([](F a) { return exp2f(a); });
  all["ex2.approx.ftz.f32"] = approximation([](F a) { return flushed(exp2f(flushed(a))); });
  all["abs.f32"] = op<F, F>([](F a) { return __builtin_fabsf(a); });
  all["neg.f32"] = op<F, F>([](F a) { return -a; });
  all["min.f32"] = op<F, F, F>([](F a, F b) { return least(a, b); });
  all["max.f32"] = op<F, F, F>([](F a, F b) { return largest(a, b); });
  // The sign of the first and the value of the second.
  all["copysign.f32"] = op<F, F, F>([](F a, F b) { return __builtin_copysignf(b, a); });
  all["cvt.sat.f32.f32"] = op<F, F>([](F a) { return a > 0 ? (a < 1 ? a : 1.0f) : 0.0f; });
  all["cvt.rzi.f32.f32"] = op<F, F>([](F a) { return __builtin_truncf(a); });
  all["cvt.rni.f32.f32"] = op<F, F>([](F a) { return __builtin_rintf(a); });
  all["cvt.rmi.f32.f32"] = op<F, F>([](F a) { return __builtin_floorf(a); });
  all["cvt.rpi.f32.f32"] = op<F, F>([](F a) { return __builtin_ceilf(a); });
  all["cvt.f64.f32"] = op<double, F>([](F a) { return (double)a; });
  all["cvt.rn.f32.f64"] = op<F, double>([](double a) { return (F)a; });
  all["mul.rn.f64"] = op<double, double, double>([](double a, double b) { return a * b; });
  all["add.rn.f64"] = op<double, double, double>([](double a, double b) { return a + b; });
}

void add_halves(forms &all) {
  typedef uint32_t U;
  all["cvt.f32.f16"] = op<float, uint16_t>([](uint16_t a) { return half_to_float(a); });
  all["cvt.rn.f16.f32"] = op<uint16_t, float>([](float a) { return float_to_half(a); });
  // The first becomes the upper half.
  all["cvt.rn.f16x2.f32"] = op<U, float, float>([](float a, float b) { return (U)float_to_half(a) << 16 | float_to_half(b); });
  all["sub.rn.f16x2"] = op<U, U, U>([](U a, U b) { return pairwise(a, b, [](float x, float y) { return x - y; }); });
  all["add.rn.f16x2"] = op<U, U, U>([](U a, U b) { return pairwise(a, b, [](float x, float y) { return x + y; }); });
  all["mul.rn.f16x2"] = op<U, U, U>([](U a, U b) { return pairwise(a, b, [](float x, float y) { return x * y; }); });
}

void add_moves(forms &all) {
  for (const char *sign : {".b", ".u", ".s", ".f"}) {
    all["mov" + std::string(sign) + "16"] = op<uint16_t, uint16_t>([](uint16_t a) { return a; });
    all["mov" + std::string(sign) + "32"] = op<uint32_t, uint32_t>([](uint32_t a) { return a; });
    all["mov" + std::string(sign) + "64"] = op<uint64_t, uint64_t>([](uint64_t a) { return a; });
  }
}

forms all_forms() {
  forms all;
  add_whole<int16_t, uint16_t>(all, "16");
  add_whole<int32_t, uint32_t>(all, "32");
  add_whole<int64_t, uint64_t>(all, "64");
  all["div.u32"].perform = divide_u32;
  add_wide_products(all);
  add_tests<int16_t>(all, ".s16");
  add_tests<uint16_t>(all, ".u16");
  add_tests<uint16_t>(all, ".b16");
  add_tests<int32_t>(all, ".s32");
  add_tests<uint32_t>(all, ".u32");
  add_tests<uint32_t>(all, ".b32");
  add_tests<int64_t>(all, ".s64");
  add_tests<uint64_t>(all, ".u64");
  add_tests<uint64_t>(all, ".b64");
  add_tests<float>(all, ".f32");
  add_conversions<uint8_t, uint16_t>(all, ".u8");
  add_conversions<int8_t, uint16_t>(all, ".s8");
  add_conversions<uint16_t>(all, ".u16");
  add_conversions<int16_t>(all, ".s16");
  add_conversions<uint32_t>(all, ".u32");
  add_conversions<int32_t>(all, ".s32");
  add_conversions<uint64_t>(all, ".u64");
  add_conversions<int64_t>(all, ".s64");
  add_roundings<int32_t>(all, ".s32");
  add_roundings<uint32_t>(all, ".u32");
  add_roundings<int64_t>(all, ".s64");
  add_bits(all);
  add_floats(all);
  add_halves(all);
  add_moves(all);
  return all;
}

}  // namespace

const form *arithmetic(const std::string &name) {
  static const forms all = all_forms();
  forms::const_iterator found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

}  // namespace ptx
