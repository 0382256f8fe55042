#include "ptx_warp.h"

#include <stdlib.h>
#include <string.h>

#include <algorithm>

namespace ptx {
namespace {

const uint32_t NEVER = 0xffffffff;

}  // namespace

lanes_memory allocate_lanes(size_t bytes) {
  return lanes_memory((unsigned char *)aligned_alloc(64, (bytes + 63) / 64 * 64 + 64), free);
}

void warp::begin(block &of, int my_number, uint32_t my_lanes) {
  in = &of;
  what = of.what;
  number = my_number;
  if (register_bytes < what->register_bytes) {
    register_bytes = what->register_bytes;
    registers = allocate_lanes(register_bytes);
  }
  if (specials == nullptr) {
    specials = allocate_lanes(SPECIAL_COUNT * LANES * 4);
  }
  if (launch != in->checks.launch()) {
    launch = in->checks.launch();
    // Nobody may count on anything here: a result that it changes is another one in the next launch.
    memset(registers.get(), of.late_copies ? 0x7f : 0xff, what->register_bytes);
  }
  memories[REGISTERS] = registers.get();
  memories[CONSTANTS] = what->constant_lanes.get();
  memories[SPECIALS] = specials.get();
  local.assign(what->local_bytes * LANES, 0xee);
  lanes = born = alive = my_lanes;
  position = (uint32_t)what->entry;
  ready.clear();
  waiting.clear();
  next = NEVER;
  waits_for_block = false;
  early = of.is_dependent ? my_lanes : 0;
  phase = 0;
  sums_are_fenced = false;
  products = queue<product>();
  const dimensions &t = of.threads;
  for (int lane = 0; lane < LANES; lane++) {
    copies[lane] = queue<copy>();
    unsigned thread = number * LANES + lane;
    unsigned values[SPECIAL_COUNT] = {
        thread % t.x, thread / t.x % t.y, thread / t.x / t.y, t.x, t.y, t.z, of.number.x, of.number.y,
        of.number.z, of.grid.x, of.grid.y, of.grid.z, (unsigned)lane};
    for (int i = 0; i < SPECIAL_COUNT; i++) {
      at<uint32_t>(SPECIALS)[i * LANES + lane] = values[i];
    }
  }
}

stamp warp::now(int lane) const { return in->checks.now(thread_of(lane), phase); }

void warp::run(int jumps) {
  jumps_left = jumps;
  const instruction *code = what->code.data();
  while (!waits_for_block && alive != 0 && jumps_left > 0) {
    const instruction &i = code[position];
    position++;
    perform(i);
    if (position >= next || lanes == 0) {
      choose();
    }
  }
}

void warp::perform(const instruction &i) {
  mask = lanes;
  if (i.guard != NOWHERE) {
    uint32_t guard = predicate(i.guard);
    mask &= i.guard_is_negated ? ~guard : guard;
    if (mask == 0) {
      return;
    }
  }
  if (i.touches_sums) {
    check_sums(i);
  }
  i.perform(*this, i);
}

void warp::check_sums(const instruction &i) {
  sums_are_fenced = false;
  if (!products.open.empty() || !products.groups.empty()) {
    fail(first_lane(), "uses a register in which a product is summed that was not waited for");
  }
}

// Lets the group run that is furthest behind, with all that are at the same instruction.
void warp::choose() {
  if (lanes != 0) {
    ready.push_back(group{position, lanes, 0});
  }
  if (ready.empty()) {
    lanes = 0;
    next = NEVER;
    if (waiting.empty()) {
      return;
    }
    const group &first = waiting[0];
    mask = first.lanes;
    position = first.at + 1;
    fail(first_lane(), "waits for lanes of its warp that are not there (divergence)");
  }
  position = NEVER;
  for (const group &each : ready) {
    position = std::min(position, each.at);
  }
  lanes = 0;
  next = NEVER;
  size_t kept = 0;
  for (const group &each : ready) {
    if (each.at == position) {
      lanes |= each.lanes;
    } else {
      next = std::min(next, each.at);
      ready[kept++] = each;
    }
  }
  ready.resize(kept);
}

void warp::jump(uint32_t to, uint32_t those) {
  jumps_left--;
  if (those != lanes) {
    ready.push_back(group{position, lanes & ~those, 0});
    next = std::min(next, position);
    lanes = those;
  }
  position = to;
}

bool warp::gather(uint32_t wanted) {
  uint32_t there = lanes;
  uint32_t at = position - 1;
  for (const group &each : waiting) {
    there |= each.at == at && each.wanted == wanted ? each.lanes : 0;
  }
  if ((wanted & alive & ~there) != 0) {
    waiting.push_back(group{at, lanes, wanted});
    lanes = 0;
    return false;
  }
  if (there != lanes) {
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(),
                                 [&](const group &each) { return each.at == at && each.wanted == wanted; }),
                  waiting.end());
    lanes = there;
  }
  mask = lanes;
  return true;
}

bool warp::gather_all(const char *name) {
  if (mask != lanes) {
    fail(first_lane(), std::string(name) + " is for some lanes of a warp only (divergence)");
  }
  if (alive != ALL) {
    fail(first_lane(), std::string(name) + " without lanes of the warp that have ended or never were");
  }
  return gather(ALL);
}

void warp::wait_for_block() { waits_for_block = true; }

void warp::end_lanes() {
  if ((early & mask) != 0) {
    fail(__builtin_ctz(early & mask), "ends without griddepcontrol.wait in a dependent launch, so that the next"
                                      " one may begin before those have ended that come before");
  }
  for (int lane = 0; lane < LANES; lane++) {
    if (has(lane)) {
      copies[lane].commit();
      finish_copies(*this, lane, 0);
    }
  }
  alive &= ~mask;
  lanes &= ~mask;
  // Those that wait for lanes that have ended go on.
  std::vector<group> still;
  for (const group &each : waiting) {
    ready.push_back(each);
    next = std::min(next, each.at);
  }
  waiting.clear();
  if (alive == 0 && (!products.open.empty() || !products.groups.empty())) {
    fail(first_lane(), "ends with products that were not waited for");
  }
}

void warp::fail(int lane, const std::string &wrong) const {
  const dimensions &n = in->number;
  throw mistake{what->name + ": line " + std::to_string(what->code[position - 1].line) + ", block "
                + std::to_string(n.x) + "," + std::to_string(n.y) + "," + std::to_string(n.z) + ", thread "
                + std::to_string(thread_of(lane)) + ": " + wrong};
}

}  // namespace ptx
