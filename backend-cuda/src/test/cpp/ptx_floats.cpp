// Arithmetic on floats, and conversions, as chapter 9.7 of the PTX ISA has them.
#include <fenv.h>
#include <math.h>

#include <limits>

#include "ptx_forms.h"

namespace ptx {
namespace {

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

template <class F>
uint32_t pairwise(uint32_t a, uint32_t b, F f) {
  uint16_t low = float_to_half(f(half_to_float((uint16_t)a), half_to_float((uint16_t)b)));
  uint16_t high = float_to_half(f(half_to_float(a >> 16), half_to_float(b >> 16)));
  return low | (uint32_t)high << 16;
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
}

void add_doubles(forms &all) {
  typedef double D;
  all["add.rn.f64"] = op<D, D, D>([](D a, D b) { return a + b; });
  all["sub.rn.f64"] = op<D, D, D>([](D a, D b) { return a - b; });
  all["mul.rn.f64"] = op<D, D, D>([](D a, D b) { return a * b; });
  all["div.rn.f64"] = op<D, D, D>([](D a, D b) { return a / b; });
  all["neg.f64"] = op<D, D>([](D a) { return -a; });
  all["cvt.f64.f32"] = op<D, float>([](float a) { return (D)a; });
  all["cvt.rn.f32.f64"] = op<float, D>([](D a) { return (float)a; });
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

}  // namespace

void add_float_forms(forms &all) {
  add_floats(all);
  add_doubles(all);
  add_halves(all);
  add_tests<float>(all, ".f32");
  add_tests<double>(all, ".f64");
  add_conversions<uint8_t, uint16_t>(all, ".u8");
  add_conversions<int8_t, uint16_t>(all, ".s8");
  add_conversions<uint8_t, uint32_t>(all, std::string(".u8") + WIDE);
  add_conversions<int8_t, uint32_t>(all, std::string(".s8") + WIDE);
  add_conversions<uint16_t>(all, ".u16");
  add_conversions<int16_t>(all, ".s16");
  add_conversions<uint32_t>(all, ".u32");
  add_conversions<int32_t>(all, ".s32");
  add_conversions<uint64_t>(all, ".u64");
  add_conversions<int64_t>(all, ".s64");
  add_roundings<int32_t>(all, ".s32");
  add_roundings<uint32_t>(all, ".u32");
  add_roundings<int64_t>(all, ".s64");
}

}  // namespace ptx
