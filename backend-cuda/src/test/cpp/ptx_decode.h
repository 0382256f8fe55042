// Makes a program of a kernel, statement by statement.
#pragma once
#include <map>

#include "ptx_program.h"

namespace ptx {

struct value {
  place at;
  int bytes;
};

// The next part of a name such as "ld.global.nc.f32", with its dot; removes it, if it is the one.
std::string_view next_part(std::string_view &name);
bool take_part(std::string_view &name, std::string_view part);
space space_of(std::string_view &name);

class decoder {
 public:
  decoder(const module &m, const globals &g);
  program decode(const std::string &kernel);

 private:
  // Names that are known between two braces; families are registers that are numbered.
  struct scope {
    std::map<std::string, value, std::less<>> names;
    std::map<std::string, int, std::less<>> families;
  };

  struct called {
    size_t entry;
    place back;
    std::vector<value> parameters, results;
  };

  void decode_function(const function &f, bool is_entry);
  void add_parameters(const function &f);
  value declare_parameter(const variable &v);
  place allocate(int bytes);
  void statement(reader &from);
  void declare_registers(reader &from);
  void declare_variable(reader &from, std::string_view space);
  void place_in_shared(const variable &v);
  void place_dynamic();
  void mark_sums();

  // Instructions.
  void guarded(reader &from, const word &first);
  void decode_named(reader &from, const std::string &name);
  bool decode_control(reader &from, const std::string &name);
  bool decode_lanes(reader &from, const std::string &name);
  bool decode_tensor(reader &from, const std::string &name);
  bool decode_copies(reader &from, const std::string &name);
  void decode_arithmetic(reader &from, const std::string &name);
  void decode_move(reader &from, const std::string &name);
  void decode_memory(reader &from, const std::string &name);
  void decode_atomic(reader &from, instruction &i, std::string_view rest);
  void add_values(instruction &i, const std::vector<value> &values);
  const value *slot_of(std::string_view name) const;
  void store_parameter(reader &from, value slot);
  bool load_parameter(reader &from, instruction &i, const std::vector<value> &values, std::string_view type);
  void decode_call(reader &from);
  instruction &emit(action perform);
  instruction &emit(const instruction &i);
  void move(value to, value from);

  // Operands.
  value any(reader &from, int bytes);
  value any_register(std::string_view name);
  place operand(reader &from, int bytes);
  void require_bytes(const std::string &text, const value &v, int bytes);
  std::vector<value> list(reader &from, int bytes);
  void address(reader &from, instruction &i, int slot);
  int32_t displacement(reader &from);
  place constant(uint64_t bits, int bytes);
  place symbol(std::string_view name, int bytes);
  place shared_address(uint64_t offset, int bytes);

  const module &m;
  const globals &g;
  program p;
  std::vector<scope> scopes;
  std::map<std::string, called, std::less<>> functions;
  std::map<std::string, size_t> labels;
  std::vector<std::pair<size_t, std::string>> branches_to;
  std::map<std::string, uint64_t, std::less<>> parameters, local, shared;
  std::map<std::pair<uint64_t, int>, place> constants;
  // Constants that are the begin of what a launch asks for.
  std::vector<size_t> dynamic;
  bool is_kernel = false;
  place back = NOWHERE;
  // Of the statement: where it is, and its predicate.
  int line = 0;
  place guard = NOWHERE;
  bool guard_is_negated = false;
};

}  // namespace ptx
