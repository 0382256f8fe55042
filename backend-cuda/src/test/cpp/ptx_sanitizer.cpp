#include "ptx_sanitizer.h"

#include <string.h>

namespace ptx {

bool runs_suite = false;

namespace {

// Of so many launches, one keeps who reads global memory; not an even number, so that blocks run in
// either order in those that do.
const unsigned LAUNCHES_A_READ = 5;

int warp_of(uint16_t thread) {
  return thread >= WARP_READERS ? thread - WARP_READERS : thread / LANES;
}

}  // namespace

void sanitizer::begin_launch(const address_map &given, uint32_t begin, uint32_t bytes, int threads,
                             bool watches, unsigned number) {
  addresses = &given;
  launch_number = number;
  keeps_reads = number % LAUNCHES_A_READ == 0;
  found.clear();
  shared_begin = begin;
  shared_bytes = bytes;
  memory.resize(bytes);
  traces.resize(bytes);
  launch_epoch = ++epoch;
  watches_products = watches;
  if (watches) {
    publications.assign(bytes, 0);
    products.assign(bytes, 0);
  }
  published.resize(threads);
}

void sanitizer::begin_block() {
  block_epoch = ++epoch;
  for (std::vector<uint32_t> &each : published) {
    each.clear();
  }
  // Nobody may count on zeros, or on anything else.
  memset(memory.data(), launch_number % 2 == 0 ? 0xff : 0x7f, memory.size());
}

const allocation *sanitizer::find(uint64_t address, const char *&wrong) {
  for (const allocation &each : found) {
    if (address >= each.bytes.begin && address < each.bytes.end) {
      return &each;
    }
  }
  allocation a;
  found_t state = (*addresses)(address, a);
  if (state != FOUND) {
    wrong = state == FREED ? "is in memory that was freed" : "is outside of all allocations";
    return nullptr;
  }
  a.last_write = 0;
  found.push_back(a);
  return &found.back();
}

// Whether another thread's access comes before one that is made now.
bool sanitizer::is_in_order(stamp before, stamp now) const {
  if (before.epoch < epoch || before.thread == now.thread) {
    return true;
  }
  bool is_of_warp = before.thread < MANY && warp_of(before.thread) == now.thread / LANES;
  return is_of_warp && before.phase != now.phase;
}

const char *sanitizer::read(trace &t, stamp now) const {
  if (t.written.epoch < block_epoch) {
    return "reads shared memory that was never written";
  }
  if (t.written.thread == COPY) {
    return "reads what an asynchronous copy brings before it was waited for";
  }
  if (!is_in_order(t.written, now)) {
    return "reads shared memory that another thread has written, without a barrier between (race)";
  }
  keep_read(t.read, now);
  return 0;
}

// Of several readers, what is common to them.
void sanitizer::keep_read(stamp &before, stamp now) const {
  bool is_first = before.epoch != now.epoch;
  if (is_first || before.thread == now.thread) {
    before = now;
  } else if (before.thread >= MANY || warp_of(before.thread) != now.thread / LANES) {
    before.thread = MANY;
  } else {
    bool is_same_phase = before.phase == now.phase;
    before.thread = is_same_phase ? (uint16_t)(WARP_READERS + now.thread / LANES) : now.thread;
    before.phase = now.phase;
  }
}

const char *sanitizer::write(trace &t, stamp now, bool is_atomic) const {
  bool is_written = t.written.epoch >= block_epoch;
  if (is_written && t.written.thread == COPY) {
    return "writes where an asynchronous copy is on its way";
  }
  bool are_atomic = is_atomic && t.written.thread == ATOMIC;
  if (is_written && !are_atomic && !is_in_order(t.written, now)) {
    return "writes shared memory that another thread has written, without a barrier between (race)";
  }
  if (!is_in_order(t.read, now)) {
    return "writes shared memory that another thread has read, without a barrier between (race)";
  }
  t.written = now;
  t.written.thread = is_atomic ? (uint16_t)ATOMIC : now.thread;
  return 0;
}

const char *sanitizer::shared_access(access kind, uint32_t address, uint32_t bytes, stamp now) {
  if (address < shared_begin || address - shared_begin + (uint64_t)bytes > shared_bytes) {
    return "is outside of shared memory";
  }
  if (address % bytes != 0) {
    return "is not aligned";
  }
  uint32_t first = address - shared_begin;
  for (uint32_t i = first; i < first + bytes; i++) {
    if (kind != READ && watches_products) {
      if (products[i] != 0) {
        return "writes what a product still reads";
      }
      publications[i] = (uint16_t)published[now.thread].size();
    }
    if (kind == UPDATE && traces[i].written.epoch < block_epoch) {
      return "updates shared memory that was never written";
    }
    const char *wrong = kind == READ ? read(traces[i], now) : write(traces[i], now, kind == UPDATE);
    if (wrong != 0) {
      return wrong;
    }
  }
  return 0;
}

const char *sanitizer::global_race(access kind, const trace &t, stamp now) const {
  bool are_atomic = kind == UPDATE && t.written.thread == ATOMIC;
  if (t.written.epoch >= launch_epoch && !are_atomic) {
    if (t.written.epoch < block_epoch) {
      return kind == READ ? "reads what another block of the launch has written (race)"
                          : "writes what another block of the launch has written (race)";
    }
    if (!is_in_order(t.written, now)) {
      return kind == READ ? "reads what another thread has written, without a barrier between (race)"
                          : "writes what another thread has written, without a barrier between (race)";
    }
  }
  if (kind == READ || t.read.epoch < launch_epoch) {
    return 0;
  }
  if (t.read.epoch < block_epoch) {
    return "writes what another block of the launch has read (race)";
  }
  return is_in_order(t.read, now) ? 0 : "writes what another thread has read, without a barrier between (race)";
}

const char *sanitizer::global_access(access kind, const allocation &in, uint64_t address, uint32_t bytes,
                                     stamp now) {
  if (in.is_constant) {
    return kind == READ ? 0 : "writes a constant";
  }
  trace *traces_there = in.traces + (address - in.bytes.begin);
  for (uint32_t i = 0; i < bytes; i++) {
    trace &t = traces_there[i];
    const char *wrong = global_race(kind, t, now);
    if (wrong != 0) {
      return wrong;
    }
    if (kind != READ) {
      t.written = now;
      t.written.thread = kind == UPDATE ? (uint16_t)ATOMIC : now.thread;
    } else if (keeps_reads) {
      keep_read(t.read, now);
    }
  }
  if (kind != READ) {
    in.last_write = epoch;
  }
  return 0;
}

// Whether a byte is one of so many in a row, all the same, and not one of the first or last `margin` of them.
static bool is_in_run(const allocation &in, const unsigned char *at, unsigned char value, int least, int margin) {
  if (*at != value) {
    return false;
  }
  const unsigned char *begin = (const unsigned char *)in.bytes.begin, *end = (const unsigned char *)in.bytes.end;
  const unsigned char *first = at, *behind = at + 1;
  while (first > begin && first[-1] == value && at - first < least) {
    first--;
  }
  while (behind < end && *behind == value && behind - at <= least) {
    behind++;
  }
  return behind - first >= least && at - first >= margin && behind - at > margin;
}

const char *sanitizer::emptiness(const allocation &in, uint64_t address, uint32_t bytes) {
  if (!in.is_watched) {
    return 0;
  }
  const unsigned char *first = (const unsigned char *)address, *last = first + bytes - 1;
  for (const unsigned char *at : {first, last}) {
    if (is_in_run(in, at, UNWRITTEN, UNWRITTEN_RUN, 0)) {
      return "reads memory that nobody has written since it was allocated";
    }
    if (runs_suite && is_in_run(in, at, NO_VALUE, NO_VALUE_RUN, OVERRUN)) {
      return "reads bytes that belong to no tensor, or a result before it was written";
    }
  }
  return 0;
}

const char *sanitizer::begin_copy(uint32_t address, uint32_t bytes, stamp now) {
  const char *wrong = shared_access(WRITE, address, bytes, now);
  if (wrong != 0) {
    return wrong;
  }
  for (uint32_t i = 0; i < bytes; i++) {
    traces[address - shared_begin + i].written.thread = COPY;
  }
  return 0;
}

void sanitizer::end_copy(uint32_t address, uint32_t bytes, stamp now) {
  for (uint32_t i = address - shared_begin; i < address - shared_begin + bytes; i++) {
    traces[i].written = now;
    if (watches_products) {
      publications[i] = (uint16_t)published[now.thread].size();
    }
  }
}

void sanitizer::publish(int thread) { published[thread].push_back(epoch); }

// Whether who has written a byte has published it before the block waited last.
bool sanitizer::is_published(uint32_t byte, stamp written) const {
  if (written.thread >= published.size()) {
    return false;
  }
  const std::vector<uint32_t> &by = published[written.thread];
  return publications[byte] < by.size() && by[publications[byte]] < epoch;
}

const char *sanitizer::begin_product(uint32_t address, uint32_t bytes) {
  if (address < shared_begin || address - shared_begin + (uint64_t)bytes > shared_bytes) {
    return "a product reads outside of shared memory";
  }
  for (uint32_t i = address - shared_begin; i < address - shared_begin + bytes; i++) {
    const stamp &written = traces[i].written;
    if (written.epoch < block_epoch) {
      return "a product reads shared memory that was never written";
    }
    if (written.thread == COPY) {
      return "a product reads what an asynchronous copy brings before it was waited for";
    }
    if (written.epoch == epoch) {
      return "a product reads what was written without a barrier between (race)";
    }
    if (!is_published(i, written)) {
      return "a product reads what no fence.proxy.async has published before the barrier";
    }
    products[i]++;
  }
  return 0;
}

void sanitizer::end_product(uint32_t address, uint32_t bytes) {
  for (uint32_t i = address - shared_begin; i < address - shared_begin + bytes; i++) {
    products[i]--;
    traces[i].read = stamp{epoch, MANY, 0};
  }
}

}  // namespace ptx
