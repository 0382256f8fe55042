// What accesses to memory are checked for: bounds, alignment, bytes that were never written, and races.
//
// Two accesses of different threads, one of them a write, are in order if the block has waited between
// them (bar.sync), or, within a warp, the warp has (bar.warp.sync). Otherwise they are a race, whatever
// order they happened to take here; so is what a thread reads where it has made something atomic itself,
// as others may have, too. Reads of global memory are kept in one launch of five, since that
// takes time.
#pragma once
#include <stdint.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "ptx_program.h"

namespace ptx {

// When something was done: in which interval between waits of the block (`epoch`, counted over all
// blocks) and of its warp (`phase`), and by which thread.
struct stamp {
  uint32_t epoch;
  uint16_t thread;
  uint16_t phase;
};

// Instead of a thread: several of a warp, several of all; atomic writes; a copy that nobody has waited
// for.
enum who : uint16_t { WARP_READERS = 0x8000, MANY = 0xfffc, ATOMIC = 0xfffd, COPY = 0xfffe };

enum access { READ, WRITE, UPDATE, PREFETCH };

// What memory of the device is full of when it is allocated, and how many such bytes in a row are no accident.
const unsigned char UNWRITTEN = 0xa5;
const int UNWRITTEN_RUN = 8;
// What the conformance suite puts where no value is: before, between and behind tensors, and into results; elsewhere
// they may be numbers, so that somebody has to say that it runs. Loads may go some bytes beyond a tensor, as
// MemoryPool.java says; values beside may be the same by chance.
extern bool runs_suite;
const unsigned char NO_VALUE = 0xff;
const int NO_VALUE_RUN = 64;
const int OVERRUN = 8;

// The last write and read of a byte.
struct trace {
  stamp written, read;
};

// Memory that kernels may use, and for each of its bytes who has used it last.
struct allocation {
  range bytes;
  trace *traces;
  // The epoch in which a kernel has last written to it.
  mutable uint32_t last_write;
  bool is_constant;
  // Whether bytes of UNWRITTEN or NO_VALUE may not be read.
  bool is_watched;
};

// The allocation that an address is in; whether there is one, and if not, whether there was.
enum found_t { MISSING, FREED, FOUND };
typedef std::function<found_t(uint64_t, allocation &)> address_map;

class sanitizer {
 public:
  // The number of the launch says what shared memory holds at first, and whether reads are kept.
  void begin_launch(const address_map &addresses, uint32_t begin, uint32_t bytes, int threads,
                    bool watches_products, unsigned number);
  void begin_block();

  // The block has waited for all its threads.
  void next_epoch() { epoch++; }

  unsigned char *shared_memory(uint32_t address) { return memory.data() + (address - shared_begin); }

  // The allocation in which an address lies, or 0 and what is wrong with it.
  const allocation *find(uint64_t address, const char *&wrong);

  uint32_t launch() const { return launch_epoch; }

  // What is wrong with an access of a thread, or 0.
  const char *shared_access(access kind, uint32_t address, uint32_t bytes, stamp now);
  const char *global_access(access kind, const allocation &in, uint64_t address, uint32_t bytes, stamp now);

  // What is wrong with reading bytes for what they are, or 0.
  static const char *emptiness(const allocation &in, uint64_t address, uint32_t bytes);

  // Whether nothing of an allocation was written in this launch, and who reads it is not kept.
  bool is_quiet(const allocation &a) const { return !keeps_reads && a.last_write < launch_epoch; }

  stamp now(int thread, uint16_t phase) const { return stamp{epoch, (uint16_t)thread, phase}; }

  // A copy to shared memory is on its way, and has come.
  const char *begin_copy(uint32_t address, uint32_t bytes, stamp now);
  void end_copy(uint32_t address, uint32_t bytes, stamp now);

  // A thread publishes what it has written to products.
  void publish(int thread);

  // A product reads bytes from now on, and has read them.
  const char *begin_product(uint32_t address, uint32_t bytes);
  void end_product(uint32_t address, uint32_t bytes);

 private:
  const char *read(trace &t, stamp now) const;
  void keep_read(stamp &before, stamp now) const;
  const char *global_race(access kind, const trace &t, stamp now) const;
  const char *write(trace &t, stamp now, bool is_atomic) const;
  bool is_in_order(stamp before, stamp now) const;
  bool is_published(uint32_t byte, stamp written) const;

  const address_map *addresses = nullptr;
  std::deque<allocation> found;
  uint32_t shared_begin = 0, shared_bytes = 0;
  uint32_t epoch = 1, block_epoch = 1, launch_epoch = 1;
  unsigned launch_number = 0;
  bool keeps_reads = false;
  std::vector<unsigned char> memory;
  std::vector<trace> traces;
  // Of each byte: how often its writer had published before, and how many products read it.
  bool watches_products = false;
  std::vector<uint16_t> publications;
  std::vector<uint16_t> products;
  // When each thread has published.
  std::vector<std::vector<uint32_t>> published;
};

}  // namespace ptx
