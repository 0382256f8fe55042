// Loads, stores, atomics, and calls with their parameters.
#include "ptx_decode.h"

namespace ptx {

std::string_view next_part(std::string_view &name) {
  size_t end = name.find('.', 1);
  std::string_view part = name.substr(0, end);
  name = end == std::string_view::npos ? std::string_view() : name.substr(end);
  return part;
}

bool take_part(std::string_view &name, std::string_view part) {
  std::string_view left = name;
  if (!name.empty() && next_part(left) == part) {
    name = left;
    return true;
  }
  return false;
}

space space_of(std::string_view &name) {
  return take_part(name, ".global") ? GLOBAL : take_part(name, ".shared") ? SHARED
      : take_part(name, ".local") ? LOCAL : take_part(name, ".param") ? PARAM : GENERIC;
}

void decoder::decode_memory(reader &from, const std::string &name) {
  std::string_view rest = name;
  std::string_view kind = next_part(rest);
  instruction i;
  i.where = (uint8_t)space_of(rest);
  if (kind == "prefetch") {
    from.expect("[");
    address(from, i, 5);
    i.perform = prefetches;
    emit(i);
    return;
  }
  take_part(rest, ".nc");
  i.count = take_part(rest, ".v2") ? 2 : take_part(rest, ".v4") ? 4 : 1;
  if (kind == "atom") {
    decode_atomic(from, i, rest);
    return;
  }
  int bytes = (int)bytes_of_type(rest);
  std::vector<value> values;
  if (kind == "st") {
    from.expect("[");
    if (const value *slot = slot_of(from.peek()); slot != nullptr) {
      store_parameter(from, *slot);
      return;
    }
    address(from, i, 5);
    from.expect(",");
    values = list(from, bytes == 1 ? 2 : bytes);
  } else {
    values = list(from, bytes);
    from.expect(",");
    from.expect("[");
    if (i.where == PARAM && load_parameter(from, i, values, rest)) {
      return;
    }
    address(from, i, 5);
  }
  add_values(i, values);
  i.perform = kind == "st" ? stores(rest, values[0].bytes) : loads(rest, values[0].bytes);
  emit(i);
}

void decoder::add_values(instruction &i, const std::vector<value> &values) {
  if (values.size() != i.count) {
    refuse(line, "a list of another length than the instruction says");
  }
  for (size_t n = 0; n < values.size(); n++) {
    i.at[n] = values[n].at;
  }
}

void decoder::decode_atomic(reader &from, instruction &i, std::string_view rest) {
  i.at[0] = operand(from, 4);
  from.expect(",");
  from.expect("[");
  address(from, i, 5);
  for (int n = 1; from.take(","); n++) {
    i.at[n] = operand(from, 4);
  }
  i.perform = atomics(rest);
  emit(i);
}

// A parameter of a function, which is a register; none if a name is of something else.
const value *decoder::slot_of(std::string_view name) const {
  for (size_t s = scopes.size(); s-- > 0 && name[0] != '%';) {
    auto found = scopes[s].names.find(name);
    if (found != scopes[s].names.end()) {
      return &found->second;
    }
  }
  return nullptr;
}

void decoder::store_parameter(reader &from, value slot) {
  from.next();
  if (displacement(from) != 0) {
    refuse(line, "only whole parameters are known here");
  }
  from.expect("]");
  from.expect(",");
  move(slot, any(from, slot.bytes));
}

// Parameters whose place is known; false if it is in a register.
bool decoder::load_parameter(reader &from, instruction &i, const std::vector<value> &values,
                             std::string_view type) {
  if (const value *slot = slot_of(from.peek()); slot != nullptr) {
    from.next();
    if (displacement(from) != 0) {
      refuse(line, "only whole parameters are known here");
    }
    move(values.at(0), *slot);
  } else if (auto found = parameters.find(from.peek()); found != parameters.end()) {
    from.next();
    i.offset = (int32_t)found->second + displacement(from);
    if (i.offset < 0 || i.offset + i.count * bytes_of_type(type) > p.parameter_bytes
        || i.offset % (i.count * bytes_of_type(type)) != 0) {
      refuse(line, "a load that is not among the parameters, or not aligned");
    }
    add_values(i, values);
    i.perform = broadcasts(type, values[0].bytes);
    emit(i);
  } else {
    return false;
  }
  from.expect("]");
  return true;
}

// Arguments and results are moved between registers of both.
void decoder::decode_call(reader &from) {
  std::vector<value> results, arguments;
  auto slots = [&](std::vector<value> &all) {
    while (!from.take(")")) {
      const value *slot = slot_of(from.next().text);
      if (slot == nullptr) {
        refuse(line, "what is passed to a function is no parameter");
      }
      all.push_back(*slot);
      from.take(",");
    }
  };
  if (from.take("(")) {
    slots(results);
    from.expect(",");
  }
  std::string name(from.next().text);
  if (functions.count(name) == 0) {
    refuse(line, "there is no function " + name);
  }
  const called &f = functions[name];
  if (from.take(",")) {
    from.expect("(");
    slots(arguments);
  }
  if (arguments.size() != f.parameters.size() || results.size() != f.results.size()) {
    refuse(line, name + " takes other parameters");
  }
  for (size_t n = 0; n < arguments.size(); n++) {
    move(f.parameters[n], arguments[n]);
  }
  instruction &i = emit(calls);
  i.at[0] = f.back;
  i.offset = (int32_t)f.entry;
  for (size_t n = 0; n < results.size(); n++) {
    move(results[n], f.results[n]);
  }
}

}  // namespace ptx
