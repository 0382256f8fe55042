// Operands of instructions: registers, constants, addresses.
#include <string.h>

#include "ptx_addresses.h"
#include "ptx_decode.h"

namespace ptx {
namespace {

const char *const SPECIAL_NAMES[SPECIAL_COUNT] = {
    "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z",
    "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid"};

bool is_number(std::string_view text) { return text[0] == '-' || (text[0] >= '0' && text[0] <= '9'); }

// Bits of a whole number, or of a float such as 0f3F800000 or 0d3FF0000000000000.
uint64_t bits_of_number(std::string_view text) {
  bool is_float = text.size() > 2 && text[0] == '0' && (text[1] == 'f' || text[1] == 'd');
  return is_float ? strtoull(std::string(text.substr(2)).c_str(), 0, 16) : (uint64_t)number_of(text);
}

}  // namespace

value decoder::any_register(std::string_view name) {
  for (size_t s = scopes.size(); s-- > 0;) {
    auto found = scopes[s].names.find(name);
    if (found != scopes[s].names.end()) {
      return found->second;
    }
  }
  for (int s = 0; s < SPECIAL_COUNT; s++) {
    if (name == SPECIAL_NAMES[s]) {
      return value{(place)(s * LANES * 4) | SPECIALS, 4};
    }
  }
  std::string_view family = name.substr(0, name.find_last_not_of("0123456789") + 1);
  for (size_t s = scopes.size(); s-- > 0;) {
    auto found = scopes[s].families.find(family);
    if (found != scopes[s].families.end()) {
      value v = {allocate(found->second), found->second};
      scopes[s].names[std::string(name)] = v;
      return v;
    }
  }
  refuse(line, "there is no register " + std::string(name));
}

// A register of any size, or a constant of this one.
value decoder::any(reader &from, int bytes) {
  std::string_view text = from.next().text;
  if (text == "_") {
    return value{allocate(bytes), bytes};
  }
  if (text == "-") {
    return value{constant(0 - bits_of_number(from.next().text), bytes), bytes};
  }
  if (is_number(text)) {
    return value{constant(bits_of_number(text), bytes), bytes};
  }
  bool is_register = text[0] == '%' || slot_of(text) != nullptr;
  return is_register ? any_register(text) : value{symbol(text, bytes), bytes};
}

place decoder::operand(reader &from, int bytes) {
  std::string text(from.peek());
  value v = any(from, bytes);
  require_bytes(text, v, bytes);
  return v.at;
}

void decoder::require_bytes(const std::string &text, const value &v, int bytes) {
  if (v.bytes != bytes) {
    refuse(line, text + " has " + std::to_string(v.bytes) + " bytes, not " + std::to_string(bytes));
  }
}

// One operand, or several in braces.
std::vector<value> decoder::list(reader &from, int bytes) {
  std::vector<value> all;
  bool has_braces = from.take("{");
  do {
    all.push_back(any(from, bytes));
  } while (has_braces && from.take(","));
  if (has_braces) {
    from.expect("}");
  }
  return all;
}

int32_t decoder::displacement(reader &from) {
  if (!from.take("+")) {
    return 0;
  }
  bool is_negative = from.take("-");
  long long bytes = number_of(from.next().text);
  return (int32_t)(is_negative ? -bytes : bytes);
}

// An address behind a bracket: its register or constant becomes an operand.
void decoder::address(reader &from, instruction &i, int slot) {
  int bytes = i.where == SHARED ? 4 : 8;
  value v = any(from, bytes);
  i.at[slot] = v.at;
  i.is_wide = v.bytes == 8;
  i.offset = displacement(from);
  from.expect("]");
}

place decoder::constant(uint64_t bits, int bytes) {
  bits = bytes >= 8 || bytes == 1 ? bits : bits & ((1ull << 8 * bytes) - 1);
  place &known = constants[{bits, bytes}];
  if (known == 0) {
    known = (place)p.constants.size() | CONSTANTS;
    p.constants.resize(p.constants.size() + LANES * bytes);
    for (int lane = 0; lane < LANES; lane++) {
      memcpy(p.constants.data() + (known & ~3u) + lane * bytes, &bits, bytes);
    }
  }
  return known;
}

place decoder::shared_address(uint64_t offset, int bytes) {
  place at = (place)p.constants.size() | CONSTANTS;
  p.constants.resize(p.constants.size() + LANES * bytes);
  p.shared_constants.push_back(shared_constant{at & ~3u, bytes == 8, offset});
  return at;
}

place decoder::symbol(std::string_view name, int bytes) {
  if (auto found = parameters.find(name); is_kernel && found != parameters.end()) {
    return constant(found->second, bytes);
  }
  if (auto found = local.find(name); found != local.end()) {
    return constant(found->second, bytes);
  }
  if (auto found = g.memory.find(name); found != g.memory.end()) {
    return constant((uint64_t)found->second.get(), bytes);
  }
  for (const variable &v : m.variables) {
    if (v.name == name && v.space == ".shared" && v.bytes == 0) {
      dynamic.push_back(p.shared_constants.size());
      return shared_address(0, bytes);
    }
    if (v.name == name && v.space == ".shared" && shared.count(name) == 0) {
      place_in_shared(v);
    }
  }
  if (auto found = shared.find(name); found != shared.end()) {
    return shared_address(found->second, bytes);
  }
  refuse(line, "there is no " + std::string(name));
}

}  // namespace ptx
