// Loads, stores, atomics and asynchronous copies.
#include <string.h>

#include <algorithm>

#include "ptx_addresses.h"
#include "ptx_lanes.h"

namespace ptx {
namespace {

// Loads elements of a type into registers that may be wider.
template <class T, class R>
void load(warp &w, const instruction &i) {
  unsigned char *from[LANES];
  locate(w, i, READ, sizeof(T) * i.count, from);
  for (int n = 0; n < i.count; n++) {
    R *to = w.at<R>(i.at[n]);
    for (int lane = 0; lane < LANES; lane++) {
      if (w.has(lane)) {
        T value;
        memcpy(&value, from[lane] + n * sizeof(T), sizeof(T));
        to[lane] = (R)value;
      }
    }
  }
}

template <class T, class R>
void store(warp &w, const instruction &i) {
  unsigned char *to[LANES];
  locate(w, i, WRITE, sizeof(T) * i.count, to);
  for (int n = 0; n < i.count; n++) {
    const R *from = w.at<R>(i.at[n]);
    for (int lane = 0; lane < LANES; lane++) {
      if (w.has(lane)) {
        T value = (T)from[lane];
        memcpy(to[lane] + n * sizeof(T), &value, sizeof(T));
      }
    }
  }
}

// Loads a parameter of the kernel whose place is known: the same for all lanes.
template <class T, class R>
void broadcast(warp &w, const instruction &i) {
  for (int n = 0; n < i.count; n++) {
    T value;
    memcpy(&value, w.in->arguments + i.offset + n * sizeof(T), sizeof(T));
    write<R>(w, i.at[n], [&](int) { return (R)value; });
  }
}

// F makes of what is in memory what comes there; the result is what was there before.
template <class T, class F>
void update(warp &w, const instruction &i) {
  unsigned char *at[LANES];
  locate(w, i, UPDATE, sizeof(T), at);
  T *before = w.at<T>(i.at[0]);
  const T *a = w.at<T>(i.at[1]);
  const T *b = i.at[2] == NOWHERE ? a : w.at<T>(i.at[2]);
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      T value;
      memcpy(&value, at[lane], sizeof(T));
      T next = F()(value, a[lane], b[lane]);
      memcpy(at[lane], &next, sizeof(T));
      before[lane] = value;
    }
  }
}

// An action for elements of a type and registers of so many bytes.
template <template <class, class> class Of>
action by_type(std::string_view type, int register_bytes) {
  int bytes = (int)bytes_of_type(type);
  bool is_signed = type[1] == 's';
  if (bytes > register_bytes) {
    return nullptr;
  }
  switch (bytes * 100 + register_bytes * 10 + is_signed) {
    case 120: return Of<uint8_t, uint16_t>::perform;
    case 121: return Of<int8_t, int16_t>::perform;
    case 140: return Of<uint8_t, uint32_t>::perform;
    case 141: return Of<int8_t, int32_t>::perform;
    case 180: return Of<uint8_t, uint64_t>::perform;
    case 181: return Of<int8_t, int64_t>::perform;
    case 220: case 221: return Of<uint16_t, uint16_t>::perform;
    case 240: return Of<uint16_t, uint32_t>::perform;
    case 241: return Of<int16_t, int32_t>::perform;
    case 280: return Of<uint16_t, uint64_t>::perform;
    case 281: return Of<int16_t, int64_t>::perform;
    case 440: case 441: return Of<uint32_t, uint32_t>::perform;
    case 480: return Of<uint32_t, uint64_t>::perform;
    case 481: return Of<int32_t, int64_t>::perform;
    case 880: case 881: return Of<uint64_t, uint64_t>::perform;
    default: return nullptr;
  }
}

template <class T, class R>
struct load_of {
  static void perform(warp &w, const instruction &i) { load<T, R>(w, i); }
};

template <class T, class R>
struct store_of {
  static void perform(warp &w, const instruction &i) { store<T, R>(w, i); }
};

template <class T, class R>
struct broadcast_of {
  static void perform(warp &w, const instruction &i) { broadcast<T, R>(w, i); }
};

typedef decltype([](uint32_t now, uint32_t a, uint32_t) { return now + a; }) adding;
typedef decltype([](uint32_t now, uint32_t a, uint32_t b) { return now == a ? b : now; }) exchanging;

void perform(warp &w, const copy &c) {
  unsigned char *to = w.in->shared(c.to);
  memset(to, 0, COPY_BYTES);
  memcpy(to, (const void *)c.from, c.bytes);
}

}  // namespace

action loads(std::string_view type, int register_bytes) { return by_type<load_of>(type, register_bytes); }
action stores(std::string_view type, int register_bytes) { return by_type<store_of>(type, register_bytes); }
action broadcasts(std::string_view type, int register_bytes) { return by_type<broadcast_of>(type, register_bytes); }

action atomics(std::string_view name) {
  return name == ".add.u32" || name == ".add.s32" ? update<uint32_t, adding>
      : name == ".cas.b32" ? update<uint32_t, exchanging> : nullptr;
}

// Operands: a register, and its parts, the lowest first; `where` is the bytes of a part.
void packs(warp &w, const instruction &i) {
  unsigned char *whole = w.at<unsigned char>(i.at[0]);
  for (int n = 0; n < i.count; n++) {
    const unsigned char *part = w.at<unsigned char>(i.at[n + 1]);
    for (int lane = 0; lane < LANES; lane++) {
      if (w.has(lane)) {
        memcpy(whole + (lane * i.count + n) * i.where, part + lane * i.where, i.where);
      }
    }
  }
}

void unpacks(warp &w, const instruction &i) {
  const unsigned char *whole = w.at<unsigned char>(i.at[0]);
  for (int n = 0; n < i.count; n++) {
    unsigned char *part = w.at<unsigned char>(i.at[n + 1]);
    for (int lane = 0; lane < LANES; lane++) {
      if (w.has(lane)) {
        memcpy(part + lane * i.where, whole + (lane * i.count + n) * i.where, i.where);
      }
    }
  }
}

void enters_window(warp &w, const instruction &i) {
  const uint64_t *from = w.at<uint64_t>(i.at[1]);
  uint64_t window = (uint64_t)i.offset << WINDOW_SHIFT;
  write<uint64_t>(w, i.at[0], [&](int lane) { return from[lane] + window; });
}

void leaves_window(warp &w, const instruction &i) {
  const uint64_t *from = w.at<uint64_t>(i.at[1]);
  uint64_t window = (uint64_t)i.offset << WINDOW_SHIFT;
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane) && (from[lane] ^ window) >> WINDOW_SHIFT != 0) {
      fail_access(w, lane, "cvta.to of", from[lane], "is an address of another space");
    }
  }
  write<uint64_t>(w, i.at[0], [&](int lane) { return from[lane] - window; });
}

// cp.async: operands are where to, where from, and how many bytes are read.
void copies_async(warp &w, const instruction &i) {
  const uint32_t *to = w.at<uint32_t>(i.at[4]);
  const uint64_t *from = w.at<uint64_t>(i.at[5]);
  const uint32_t *bytes = w.at<uint32_t>(i.at[0]);
  for (int lane = 0; lane < LANES; lane++) {
    if (!w.has(lane)) {
      continue;
    }
    copy c = {to[lane] + i.offset, from[lane] + (int64_t)i.more, bytes[lane]};
    if (c.bytes > COPY_BYTES) {
      w.fail(lane, "cp.async of " + std::to_string(c.bytes) + " of 16 bytes");
    }
    if (c.from % COPY_BYTES != 0) {
      fail_access(w, lane, "cp.async from", c.from, "is not aligned");
    }
    if (c.bytes != 0) {
      check_global(w, i, READ, lane, c.from, c.bytes);
    }
    const char *wrong = w.in->checks.begin_copy(c.to, COPY_BYTES, w.now(lane));
    if (wrong != 0) {
      fail_access(w, lane, "cp.async to shared", c.to, wrong);
    }
    if (!w.in->late_copies) {
      perform(w, c);
    }
    w.copies[lane].open.push_back(c);
  }
}

void commits_copies(warp &w, const instruction &) {
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      w.copies[lane].commit();
    }
  }
}

void awaits_copies(warp &w, const instruction &i) {
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      finish_copies(w, lane, (size_t)i.offset);
    }
  }
}

void finish_copies(warp &w, int lane, size_t left) {
  queue<copy> &all = w.copies[lane];
  for (; all.groups.size() > left; all.groups.pop_front()) {
    for (const copy &c : all.groups.front()) {
      if (w.in->late_copies) {
        perform(w, c);
      }
      w.in->checks.end_copy(c.to, COPY_BYTES, w.now(lane));
    }
  }
}

}  // namespace ptx
