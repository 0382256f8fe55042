// A kernel as it is run: instructions with the function that performs each and where its operands are.
#pragma once
#include <stdint.h>

#include <memory>
#include <string>
#include <vector>

#include "ptx_text.h"

namespace ptx {

const int LANES = 32;
const uint32_t ALL = 0xffffffff;

class warp;
struct instruction;
typedef void (*action)(warp &, const instruction &);

// Where the values of all lanes are, in bytes; its last bits say in which memory. A predicate is one
// bit a lane, everything else one element a lane.
typedef uint32_t place;
enum memory { REGISTERS = 0, CONSTANTS = 1, SPECIALS = 2 };
const place NOWHERE = 3;

enum space { GENERIC, GLOBAL, SHARED, LOCAL, PARAM };

struct range {
  uint64_t begin, end;
};

struct allocation;

struct instruction {
  action perform;
  place guard = NOWHERE;
  bool guard_is_negated = false;
  // Whether it uses a register in which products on their way are summed.
  bool touches_sums = false;
  // Of a load or store: elements, the space, and whether the address has 64 bits.
  uint8_t count = 1;
  uint8_t where = GENERIC;
  bool is_wide = false;
  // Added to an address, where a branch goes to, or which function is called.
  int32_t offset = 0;
  uint32_t line = 0;
  place at[6] = {NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE};
  // Further operands: `program::more` from here on.
  uint32_t more = 0;
  // The allocation that it used last, in which launch: the next addresses are in the same as a rule.
  mutable const allocation *last = nullptr;
  mutable uint32_t last_launch = 0;
};

// A variable in shared memory whose address an operand is.
struct shared_constant {
  uint32_t offset;
  bool is_wide;
  uint64_t value;
};

// Special registers, in the order in which they lie.
enum special { TID_X, TID_Y, TID_Z, NTID_X, NTID_Y, NTID_Z, CTAID_X, CTAID_Y, CTAID_Z, NCTAID_X,
               NCTAID_Y, NCTAID_Z, LANEID, SPECIAL_COUNT };

// Memory of all lanes, aligned for vectors.
typedef std::unique_ptr<unsigned char[], void (*)(void *)> lanes_memory;
lanes_memory allocate_lanes(size_t bytes);

struct program {
  std::string name;
  std::vector<instruction> code;
  std::vector<place> more;
  size_t entry = 0;
  size_t register_bytes = 0;
  std::vector<unsigned char> constants;
  lanes_memory constant_lanes = {nullptr, free};
  std::vector<shared_constant> shared_constants;
  size_t parameter_bytes = 0;
  unsigned most_threads = 1024;
  size_t shared_bytes = 0;
  size_t local_bytes = 0;
  bool multiplies_groups = false;
  // Whether it waits for the launches before it, so that it can be a dependent launch.
  bool awaits_launches = false;
};

// Variables of a module in global memory.
struct globals {
  std::map<std::string, lanes_memory, std::less<>> memory;
  std::map<uint64_t, uint64_t> ends;
};

globals allocate_globals(const module &m);

// Makes a program of a kernel and the functions that it calls.
program decode(const module &m, const globals &g, const std::string &kernel);

// Arithmetic, comparisons and conversions: what performs an instruction of a name, and the bytes of
// its operands, results first, 1 for a predicate.
struct form {
  action perform;
  std::vector<int> bytes;
};

const form *arithmetic(const std::string &name);

// Loads, stores and atomics: what performs it on elements of a type and registers of so many bytes.
action loads(std::string_view type, int register_bytes);
action stores(std::string_view type, int register_bytes);
action broadcasts(std::string_view type, int register_bytes);
action atomics(std::string_view name);

// Between lanes.
action shuffles(std::string_view name);
void votes(warp &, const instruction &);
void waits_for_warp(warp &, const instruction &);
void waits_for_block(warp &, const instruction &);

void branches(warp &, const instruction &);
void calls(warp &, const instruction &);
void returns(warp &, const instruction &);
void exits(warp &, const instruction &);
void runs_beyond(warp &, const instruction &);

void packs(warp &, const instruction &);
void unpacks(warp &, const instruction &);
// To and from generic addresses; the offset is the window.
void enters_window(warp &, const instruction &);
void leaves_window(warp &, const instruction &);

void copies_async(warp &, const instruction &);
void commits_copies(warp &, const instruction &);
void awaits_copies(warp &, const instruction &);

void loads_matrices(warp &, const instruction &);
void loads_turned_matrices(warp &, const instruction &);
void multiplies(warp &, const instruction &);
void multiplies_group(warp &, const instruction &);
void begins_products(warp &, const instruction &);
void commits_products(warp &, const instruction &);
void awaits_products(warp &, const instruction &);
void publishes(warp &, const instruction &);

// griddepcontrol, and prefetch, which is no access.
void awaits_launches(warp &, const instruction &);
void lets_launches_begin(warp &, const instruction &);
void prefetches(warp &, const instruction &);

}  // namespace ptx
