// Launches, and the blocks of one.
#include <algorithm>

#include "ptx_warp.h"

namespace ptx {
namespace {

// Jumps that a warp makes before another one may run.
const int MOST_JUMPS = 4000;

void check(const program &p, unsigned shared, unsigned threads) {
  if (threads == 0 || threads > p.most_threads) {
    throw mistake{p.name + ": blocks of " + std::to_string(threads) + " threads, not at most "
                  + std::to_string(p.most_threads)};
  }
  if (p.shared_bytes + shared > (227u << 10)) {
    throw mistake{p.name + ": more shared memory than there is"};
  }
}

// Constants that are addresses in shared memory, which begins elsewhere in each launch.
void place_shared(const program &p, uint32_t begin) {
  for (const shared_constant &each : p.shared_constants) {
    for (int lane = 0; lane < LANES; lane++) {
      unsigned char *at = p.constant_lanes.get() + each.offset;
      if (each.is_wide) {
        ((uint64_t *)at)[lane] = each.value + begin;
      } else {
        ((uint32_t *)at)[lane] = (uint32_t)each.value + begin;
      }
    }
  }
}

}  // namespace

uint32_t shared_begin_of(unsigned number) {
  // As on devices of capability 9.0, or as little aligned as may be.
  return number % 2 == 0 ? 1024 : 1024 + 16 * (2 * (number / 2 % 16) + 1);
}

// Lets all that wait go on, if all that have not ended do.
bool block::end_wait() {
  const warp *first = 0;
  for (const warp &each : warps) {
    if (each.is_done()) {
      continue;
    }
    if (!each.waits_for_block) {
      return false;
    }
    if (first != 0 && first->position != each.position) {
      each.fail(each.first_lane(), "waits for the block where other warps do not (divergence)");
    }
    first = &each;
  }
  for (warp &each : warps) {
    each.waits_for_block = false;
    each.phase = 0;
  }
  checks.next_epoch();
  return first != 0;
}

void block::run() {
  checks.begin_block();
  unsigned count = threads.x * threads.y * threads.z;
  warps.resize((count + LANES - 1) / LANES);
  std::vector<warp *> order;
  for (size_t w = 0; w < warps.size(); w++) {
    unsigned left = count - (unsigned)w * LANES;
    warps[w].begin(*this, (int)w, left >= LANES ? ALL : (1u << left) - 1);
    order.push_back(&warps[w]);
  }
  do {
    std::shuffle(order.begin(), order.end(), chance);
    bool is_running = true;
    while (is_running) {
      is_running = false;
      for (warp *each : order) {
        if (!each->is_done() && !each->waits_for_block) {
          each->run(1 + (int)(chance() % MOST_JUMPS));
          is_running = true;
        }
      }
    }
  } while (end_wait());
}

void launch(const program &p, const unsigned char *arguments, dimensions grid, dimensions threads,
            unsigned shared, bool is_dependent, unsigned number, const address_map &addresses) {
  check(p, shared, threads.x * threads.y * threads.z);
  static block b;
  b.what = &p;
  b.arguments = arguments;
  b.grid = grid;
  b.threads = threads;
  b.is_dependent = is_dependent || p.awaits_launches;
  b.late_copies = number % 2 != 0;
  b.late_products = number % 2 == 0;
  b.shared_begin = shared_begin_of(number);
  b.shared_bytes = (uint32_t)p.shared_bytes + shared;
  b.chance.seed(number);
  place_shared(p, b.shared_begin);
  b.checks.begin_launch(addresses, b.shared_begin, b.shared_bytes, threads.x * threads.y * threads.z,
                        p.multiplies_groups, number);
  unsigned long long blocks = (unsigned long long)grid.x * grid.y * grid.z;
  for (unsigned long long i = 0; i < blocks; i++) {
    // Forwards or backwards.
    unsigned long long n = number % 2 == 0 ? i : blocks - 1 - i;
    b.number = dimensions{(unsigned)(n % grid.x), (unsigned)(n / grid.x % grid.y),
                          (unsigned)(n / grid.x / grid.y)};
    b.run();
  }
}

}  // namespace ptx
