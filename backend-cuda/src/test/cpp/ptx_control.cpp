// Branches, calls, waiting, and exchanges between the lanes of a warp.
#include "ptx_lanes.h"

namespace ptx {

void branches(warp &w, const instruction &i) { w.jump((uint32_t)i.offset, w.mask); }

// Where a function returns to is in a register of its own: operand 0.
void calls(warp &w, const instruction &i) {
  uint32_t back = w.position;
  write<uint32_t>(w, i.at[0], [&](int) { return back; });
  w.jump((uint32_t)i.offset, w.mask);
}

void returns(warp &w, const instruction &i) {
  const uint32_t *back = w.at<uint32_t>(i.at[0]);
  uint32_t to = back[w.first_lane()];
  uint32_t those = bits_of([&](int lane) { return back[lane] == to; }) & w.mask;
  if (those != w.mask) {
    // Others return elsewhere: this instruction is performed again for them.
    w.position--;
  }
  w.jump(to, those);
}

void exits(warp &w, const instruction &) { w.end_lanes(); }

void awaits_launches(warp &w, const instruction &) { w.early &= ~w.mask; }

// The next launch touches nothing before its own wait, so it does not matter when it begins.
void lets_launches_begin(warp &, const instruction &) {}

void runs_beyond(warp &w, const instruction &) { w.fail(w.first_lane(), "runs beyond the end of its code"); }

void waits_for_block(warp &w, const instruction &) {
  if (w.mask != w.lanes) {
    w.fail(w.first_lane(), "waits for the block with some lanes of a warp only (divergence)");
  }
  if (w.gather(ALL)) {
    w.wait_for_block();
  }
}

namespace {

// The lanes that an instruction is for, which the lane itself must be one of.
bool gather_named(warp &w, place mask) {
  uint32_t wanted = w.at<uint32_t>(mask)[w.first_lane()];
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane) && (w.at<uint32_t>(mask)[lane] != wanted || (wanted >> lane & 1) == 0)) {
      w.fail(lane, "is not among the lanes that it waits for");
    }
  }
  if (w.mask != w.lanes) {
    w.fail(w.first_lane(), "an instruction of several lanes with a predicate is not known here");
  }
  return w.gather(wanted);
}

// Which lane a lane reads (PTX ISA, shfl.sync); itself if that is none of its segment.
struct butterfly {
  int operator()(int lane, uint32_t distance, uint32_t) { return lane ^ (int)distance; }
};

struct up {
  int operator()(int lane, uint32_t distance, uint32_t) { return lane - (int)distance; }
};

struct down {
  int operator()(int lane, uint32_t distance, uint32_t) { return lane + (int)distance; }
};

struct indexed {
  int operator()(int lane, uint32_t index, uint32_t segment) {
    return (lane & (int)segment) | ((int)index & ~(int)segment & 31);
  }
};

// Operands: result, whether another lane was read, value, which lane, clamp and segment, lanes.
template <class F, bool IS_UP>
void shuffle(warp &w, const instruction &i) {
  if (!gather_named(w, i.at[5])) {
    return;
  }
  const uint32_t *values = w.at<uint32_t>(i.at[2]);
  uint32_t taken[LANES];
  uint32_t others = 0;
  for (int lane = 0; lane < LANES; lane++) {
    taken[lane] = 0;
    if (!w.has(lane)) {
      continue;
    }
    uint32_t c = w.at<uint32_t>(i.at[4])[lane];
    uint32_t segment = c >> 8 & 31;
    int limit = (lane & (int)segment) | ((int)(c & 31) & ~(int)segment);
    int from = F()(lane, w.at<uint32_t>(i.at[3])[lane] & 31, segment);
    bool is_inside = IS_UP ? from >= limit : from <= limit;
    from = is_inside ? from : lane;
    if (!w.has(from)) {
      w.fail(lane, "takes the value of lane " + std::to_string(from) + ", which is not there");
    }
    taken[lane] = values[from];
    others |= (uint32_t)is_inside << lane;
  }
  write<uint32_t>(w, i.at[0], [&](int lane) { return taken[lane]; });
  if (i.at[1] != NOWHERE) {
    write_bits(w, i.at[1], others);
  }
}

}  // namespace

action shuffles(std::string_view name) {
  return name == ".bfly.b32" ? shuffle<butterfly, false> : name == ".up.b32" ? shuffle<up, true>
      : name == ".down.b32" ? shuffle<down, false> : name == ".idx.b32" ? shuffle<indexed, false> : nullptr;
}

void votes(warp &w, const instruction &i) {
  if (gather_named(w, i.at[2])) {
    uint32_t yes = (i.offset != 0 ? ~w.predicate(i.at[1]) : w.predicate(i.at[1])) & w.mask;
    write<uint32_t>(w, i.at[0], [&](int) { return yes; });
  }
}

void waits_for_warp(warp &w, const instruction &i) {
  if (gather_named(w, i.at[0])) {
    w.phase++;
  }
}

}  // namespace ptx
