// A libcuda.so.1 without a GPU: the calls of the CUDA driver that the backend makes, with two devices
// that run PTX on the CPU (see ptx_program.h). Everything above it, JCuda included, is the real thing. A call does its
// work before it returns. What all its files share.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ptx_warp.h"

typedef int CUresult;
typedef unsigned long long CUdeviceptr;

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_BINARY = 209,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  PEER_ALREADY_ENABLED = 704,
  PEER_UNSUPPORTED = 217,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900
};

namespace driver {

const int DEVICES = 2;
// Memory of the host, that all devices reach.
const int HOST = -1;

struct allocation {
  size_t bytes;
  int device;
  // Who has written and read each byte, once a kernel was there.
  ptx::trace *traces = 0;
};

struct module {
  std::unique_ptr<ptx::module> text;
  ptx::globals variables;
  std::map<std::string, ptx::program> programs;
};

struct kernel {
  module *from;
  std::string name;
  std::vector<ptx::variable> parameters;
  // Shared memory that was asked for; -1 if none was.
  int shared_limit;
  unsigned launches;
  bool is_loaded;
};

// Kinds of commands beside launches, copies and fills.
enum { WRITE_NUMBER = 3, WAIT_FOR_NUMBER = 4 };

// Work that a stream was asked for while it was being captured.
struct command {
  int kind;
  kernel *function;
  ptx::dimensions grid, threads;
  unsigned shared;
  // Whether a launch may begin before the one before it has ended.
  bool is_dependent;
  std::vector<unsigned char> arguments;
  CUdeviceptr to, from;
  size_t bytes;
  unsigned char value;
  unsigned number;
};

struct graph {
  std::vector<command> commands;
};

struct stream {
  graph *capturing;
  bool invalid;
};

// One call at a time changes or runs anything.
extern std::recursive_mutex lock;
extern std::map<CUdeviceptr, allocation> allocations;
// What was freed last.
extern std::map<CUdeviceptr, size_t> freed;
// What each call returns next, once, instead of doing its work.
extern std::map<std::string, CUresult> failures;
// Whether kernels do nothing, so that what is left is the work of the host. JGML_EMULATION=idle, too.
extern bool idle;
// The number of the first launch of each kernel: JGML_EMULATION_LAUNCH=N.
extern unsigned first_launch;
extern bool peers_possible;
extern bool memory_operations;
extern bool peers_enabled[DEVICES][DEVICES];
// The device that this thread talks to; -1 if it has said none.
extern thread_local int current;
// The stream whose work this thread captures.
extern thread_local stream *captured_here;
extern size_t allocated;
extern size_t limit;
// What every call returns once something went wrong.
extern CUresult sticky;
// What was wrong with the last launch that failed.
extern std::string last_mistake;

std::atomic<long> &counter(const char *call);
CUresult failure(const char *call);

// Whether bytes are memory of one device, or of the one that this thread talks to.
bool is_on(int device, CUdeviceptr at, size_t bytes);
bool is_device(CUdeviceptr at, size_t bytes);

void add_allocation(CUdeviceptr at, size_t bytes, int device);
void remove_allocation(CUdeviceptr at);

// What a real driver refuses: driver_rules.cpp.
void exchanges_numbers(const stream *s);
void is_awaited(const stream *s);
void is_gone(const stream *s);
void all_are_awaited();
CUresult outside_capture();
CUresult may_stop_device(const char *call);
CUresult host_memory(const stream *s, CUdeviceptr at, size_t bytes);
CUresult permit_shared(kernel &k, int bytes);
CUresult may_launch(kernel &k, const stream *s, ptx::dimensions grid, ptx::dimensions threads,
                    unsigned shared);

const ptx::program &program_of(const kernel &k);

// Runs a kernel.
CUresult launch(const command &c);

// Does a command, or records it if the stream is being captured.
CUresult submit(stream *s, const command &c);

}  // namespace driver

// Begins a call that tests count and make fail.
#define COUNT                                                \
  static std::atomic<long> &counted = driver::counter(__func__);     \
  counted++;                                                 \
  if (!driver::failures.empty()) {                                   \
    CUresult wanted = driver::failure(__func__);                     \
    if (wanted != SUCCESS) {                                 \
      return wanted;                                         \
    }                                                        \
  }

// Returns what is wrong, if anything is.
#define REQUIRE(what)                \
  {                                  \
    CUresult required = (what);      \
    if (required != SUCCESS) {       \
      return required;               \
    }                                \
  }
#define OUTSIDE_CAPTURE REQUIRE(driver::outside_capture())
#define MAY_STOP_DEVICE REQUIRE(driver::may_stop_device(__func__))
