// Warps of a block while it runs.
//
// Lanes that are at the same instruction are a group and perform it together. The group that is
// furthest behind runs, so that lanes meet again where their ways join; functions lie before kernels,
// so that who has called one is behind. Nothing but instructions that say so makes lanes wait for each
// other.
#pragma once
#include <deque>
#include <random>

#include "ptx_program.h"
#include "ptx_sanitizer.h"

namespace ptx {

struct block;

// Lanes at an instruction, and the lanes that they wait for, if they do.
struct group {
  uint32_t at;
  uint32_t lanes;
  uint32_t wanted;
};

// Bytes on their way to shared memory, 16 of them; those behind `bytes` are 0.
struct copy {
  uint32_t to;
  uint64_t from;
  uint32_t bytes;
};

struct product {
  const instruction *what;
  uint64_t left, right;
  bool adds;
};

// Work that is done beside the threads, and its groups.
template <class T>
struct queue {
  std::vector<T> open;
  std::deque<std::vector<T>> groups;

  void commit() {
    groups.push_back(open);
    open.clear();
  }
};

class warp {
 public:
  void begin(block &of, int number, uint32_t lanes);

  // Runs until it is done or waits for the block, or has jumped so many times.
  void run(int jumps);

  bool is_done() const { return alive == 0; }

  // The values of all lanes.
  template <class T>
  T *at(place p) {
    return (T *)(memories[p & 3] + (p & ~3u));
  }

  uint32_t &predicate(place p) { return *at<uint32_t>(p); }

  bool has(int lane) const { return mask >> lane & 1; }
  int thread_of(int lane) const { return number * LANES + lane; }
  stamp now(int lane) const;

  // Sends lanes of the group elsewhere; the others go on behind.
  void jump(uint32_t to, uint32_t those);

  // Whether the group is all of these lanes that have not ended; if not, it waits for them.
  bool gather(uint32_t wanted);

  // The same of all lanes, as instructions that are aligned demand, which must not have ended.
  bool gather_all(const char *name);

  // Waits for the block at the next instruction.
  void wait_for_block();
  void end_lanes();

  // The first lane for which the instruction is.
  int first_lane() const { return __builtin_ctz(mask); }
  [[noreturn]] void fail(int lane, const std::string &what) const;

  block *in = 0;
  const program *what = 0;
  int number = 0;
  // The group that runs, and those of its lanes for which the instruction is.
  uint32_t lanes = 0, mask = 0;
  uint32_t position = 0;
  // Lanes that there are, and that have not ended.
  uint32_t born = 0, alive = 0;
  bool waits_for_block = false;
  // Lanes that have not waited for the launches before (griddepcontrol.wait), of a launch that may begin
  // before they have ended.
  uint32_t early = 0;
  // How often it has waited for its own lanes.
  uint16_t phase = 0;

  unsigned char *memories[3] = {0, 0, 0};
  std::vector<unsigned char> local;
  queue<copy> copies[LANES];
  queue<product> products;
  // Whether a product may use the registers of sums as they are.
  bool sums_are_fenced = false;

 private:
  void perform(const instruction &i);
  void choose();
  void check_sums(const instruction &i);

  lanes_memory registers = {nullptr, free}, specials = {nullptr, free};
  size_t register_bytes = 0;
  // The launch in which it has run last.
  uint32_t launch = 0;
  std::vector<group> ready, waiting;
  // Where the next group is that is ready.
  uint32_t next = 0;
  int jumps_left = 0;
  bool is_first_run = true;
};

struct dimensions {
  unsigned x, y, z;
};

// What the blocks of a launch share, and the block that runs.
struct block {
  const program *what;
  const unsigned char *arguments;
  dimensions grid, threads, number;
  bool late_copies, late_products;
  // Whether the launch may begin before the one before it has ended, now or at another time.
  bool is_dependent;
  uint32_t shared_begin, shared_bytes;
  std::vector<warp> warps;
  sanitizer checks;
  std::mt19937 chance;

  void run();
  unsigned char *shared(uint32_t address) { return checks.shared_memory(address); }

 private:
  bool end_wait();
};

// Finishes copies of a lane, or products of a warp, of all groups but the last few.
void finish_copies(warp &w, int lane, size_t left);
void finish_products(warp &w, size_t left);

// Runs a kernel in all blocks of a grid; of each pair of launches with numbers that follow each other,
// one does early what the other does late. A mistake is thrown.
void launch(const program &p, const unsigned char *arguments, dimensions grid, dimensions threads,
            unsigned shared, bool is_dependent, unsigned number, const address_map &addresses);

// Where shared memory begins in such a launch.
uint32_t shared_begin_of(unsigned number);

}  // namespace ptx
