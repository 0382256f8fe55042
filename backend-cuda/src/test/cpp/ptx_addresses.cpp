#include "ptx_addresses.h"

#include <stdio.h>
#include <string.h>

#include <algorithm>

namespace ptx {
namespace {

const char *name_of(access kind) {
  switch (kind) {
    case READ: return "load";
    case WRITE: return "store";
    case UPDATE: return "atomic";
    default: return "prefetch";
  }
}

// The allocation for an address, most often that of the last time.
const allocation &allocation_of(warp &w, const instruction &i, access kind, int lane, uint64_t address) {
  sanitizer &checks = w.in->checks;
  if (i.last_launch != checks.launch() || address < i.last->bytes.begin || address >= i.last->bytes.end) {
    const char *wrong = 0;
    const allocation *found = checks.find(address, wrong);
    if (found == nullptr) {
      fail_access(w, lane, name_of(kind), address, wrong);
    }
    i.last = found;
    i.last_launch = checks.launch();
  }
  return *i.last;
}

// Whether all lanes read what is in one allocation that no kernel writes now, and aligned: then there is
// nothing else to look at.
bool is_quiet(warp &w, const instruction &i, uint32_t bytes, const uint64_t *addresses) {
  if (w.mask != ALL || i.last_launch != w.in->checks.launch() || !w.in->checks.is_quiet(*i.last)) {
    return false;
  }
  uint64_t low = ~0ull, high = 0, all = 0;
  for (int lane = 0; lane < LANES; lane++) {
    low = std::min(low, addresses[lane]);
    high = std::max(high, addresses[lane]);
    all |= addresses[lane];
  }
  if (low < i.last->bytes.begin || high + bytes > i.last->bytes.end || all % bytes != 0) {
    return false;
  }
  return std::none_of(addresses, addresses + LANES,
                      [&](uint64_t at) { return sanitizer::emptiness(*i.last, at, bytes) != 0; });
}

void locate_global(warp &w, const instruction &i, access kind, uint32_t bytes, const uint64_t *addresses,
                   unsigned char *found[LANES]) {
  if (kind != READ || w.early != 0 || !is_quiet(w, i, bytes, addresses)) {
    for (int lane = 0; lane < LANES; lane++) {
      if (w.has(lane)) {
        check_global(w, i, kind, lane, addresses[lane], bytes);
      }
    }
  }
  memcpy(found, addresses, sizeof(uint64_t) * LANES);
}

unsigned char *locate_shared(warp &w, access kind, int lane, uint64_t address, uint32_t bytes) {
  const char *wrong = address >> 32 != 0 ? "is outside of shared memory"
      : w.in->checks.shared_access(kind, (uint32_t)address, bytes, w.now(lane));
  if (wrong != 0) {
    fail_access(w, lane, (std::string(name_of(kind)) + " of shared memory").c_str(), address, wrong);
  }
  return w.in->shared((uint32_t)address);
}

unsigned char *locate_local(warp &w, access kind, int lane, uint64_t address, uint32_t bytes) {
  uint64_t size = w.what->local_bytes;
  const char *wrong = address % bytes != 0 ? "is not aligned"
      : address < LOCAL_BEGIN || address - LOCAL_BEGIN + bytes > size ? "is outside of local memory" : 0;
  if (wrong != 0) {
    fail_access(w, lane, (std::string(name_of(kind)) + " of local memory").c_str(), address, wrong);
  }
  return w.local.data() + lane * size + (address - LOCAL_BEGIN);
}

unsigned char *locate_parameter(warp &w, access kind, int lane, uint64_t address, uint32_t bytes) {
  const char *wrong = address % bytes != 0 ? "is not aligned"
      : address + bytes > w.what->parameter_bytes ? "is outside of the parameters"
      : kind != READ ? "writes parameters" : 0;
  if (wrong != 0) {
    fail_access(w, lane, (std::string(name_of(kind)) + " of parameters").c_str(), address, wrong);
  }
  return (unsigned char *)w.in->arguments + address;
}

unsigned char *locate_one(warp &w, const instruction &i, int where, access kind, int lane, uint64_t address,
                          uint32_t bytes) {
  uint64_t inside = address & ((1ull << WINDOW_SHIFT) - 1);
  switch (where) {
    case SHARED: return locate_shared(w, kind, lane, address, bytes);
    case LOCAL: return locate_local(w, kind, lane, address, bytes);
    case PARAM: return locate_parameter(w, kind, lane, address, bytes);
    case GLOBAL: check_global(w, i, kind, lane, address, bytes); return (unsigned char *)address;
    default: break;
  }
  switch (address >> WINDOW_SHIFT) {
    case SHARED_WINDOW: return locate_shared(w, kind, lane, inside, bytes);
    case LOCAL_WINDOW: return locate_local(w, kind, lane, inside, bytes);
    case PARAM_WINDOW: return locate_parameter(w, kind, lane, inside, bytes);
    default: check_global(w, i, kind, lane, address, bytes); return (unsigned char *)address;
  }
}

}  // namespace

void fail_access(warp &w, int lane, const char *what, uint64_t address, const char *wrong) {
  char text[64];
  snprintf(text, sizeof(text), " 0x%llx ", (unsigned long long)address);
  w.fail(lane, what + std::string(text) + wrong);
}

void check_global(warp &w, const instruction &i, access kind, int lane, uint64_t address, uint32_t bytes) {
  const allocation &in = allocation_of(w, i, kind, lane, address);
  if (kind != WRITE && address + bytes <= in.bytes.end) {
    const char *empty = sanitizer::emptiness(in, address, bytes);
    if (empty != 0) {
      fail_access(w, lane, name_of(kind), address, empty);
    }
  }
  if (address + bytes > in.bytes.end) {
    fail_access(w, lane, name_of(kind), address, "goes beyond the end of its allocation");
  }
  if (address % bytes != 0) {
    fail_access(w, lane, name_of(kind), address, "is not aligned");
  }
  if ((w.early >> lane & 1) != 0 && !in.is_constant) {
    fail_access(w, lane, name_of(kind), address, "is made before griddepcontrol.wait in a dependent launch");
  }
  if (kind == READ && w.in->checks.is_quiet(in)) {
    return;
  }
  const char *wrong = w.in->checks.global_access(kind, in, address, bytes, w.now(lane));
  if (wrong != 0) {
    fail_access(w, lane, name_of(kind), address, wrong);
  }
}

void prefetches(warp &w, const instruction &i) {
  const uint64_t *base = w.at<uint64_t>(i.at[5]);
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      allocation_of(w, i, PREFETCH, lane, base[lane] + (int64_t)i.offset);
    }
  }
}

void locate(warp &w, const instruction &i, access kind, uint32_t bytes, unsigned char *found[LANES]) {
  uint64_t addresses[LANES];
  if (i.is_wide) {
    const uint64_t *base = w.at<uint64_t>(i.at[5]);
    for (int lane = 0; lane < LANES; lane++) {
      addresses[lane] = base[lane] + (int64_t)i.offset;
    }
  } else {
    const uint32_t *base = w.at<uint32_t>(i.at[5]);
    for (int lane = 0; lane < LANES; lane++) {
      addresses[lane] = (uint32_t)(base[lane] + i.offset);
    }
  }
  if (i.where == GLOBAL) {
    locate_global(w, i, kind, bytes, addresses, found);
    return;
  }
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      found[lane] = locate_one(w, i, i.where, kind, lane, addresses[lane], bytes);
    }
  }
}

}  // namespace ptx
