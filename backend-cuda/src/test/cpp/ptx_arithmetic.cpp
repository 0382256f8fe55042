// Arithmetic on whole numbers, bits and predicates, as chapter 9.7 of the PTX ISA has it.
#include <algorithm>

#include "ptx_forms.h"

namespace ptx {
namespace {

// A division, made for each lane by itself as it can fail.
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

// Four products of signed bytes, and a number.
uint32_t dot_of_bytes(uint32_t a, uint32_t b, uint32_t sum) {
  for (int i = 0; i < 32; i += 8) {
    sum += (uint32_t)((int8_t)(a >> i) * (int8_t)(b >> i));
  }
  return sum;
}

uint32_t reversed(uint32_t a) {
  uint32_t result = 0;
  for (int i = 0; i < 32; i++) {
    result |= (a >> i & 1) << (31 - i);
  }
  return result;
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
  all["dp4a.s32.s32"] = op<U, U, U, U>([](U a, U b, U c) { return dot_of_bytes(a, b, c); });
  all["shf.r.wrap.b32"] = op<U, U, U, U>([](U a, U b, U c) { return (U)(((uint64_t)b << 32 | a) >> (c & 31)); });
  all["shf.l.wrap.b32"] = op<U, U, U, U>([](U a, U b, U c) { return (U)(((uint64_t)b << 32 | a) << (c & 31) >> 32); });
  all["bfi.b32"] = op<U, U, U, U, U>([](U a, U b, U c, U d) { return with_field<U>(a, b, c, d); });
  all["bfi.b64"] = op<uint64_t, uint64_t, uint64_t, U, U>(
      [](uint64_t a, uint64_t b, U c, U d) { return with_field<uint64_t>(a, b, c, d); });
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
  add_bits(all);
  add_float_forms(all);
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
