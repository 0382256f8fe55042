// Instructions by their names.
#include <string.h>

#include "ptx_addresses.h"
#include "ptx_decode.h"

namespace ptx {
namespace {

// The next part of a name such as "ld.global.nc.f32", with its dot; removes it.
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

bool begins(const std::string &name, const char *with) { return name.rfind(with, 0) == 0; }

space space_of(std::string_view &name) {
  return take_part(name, ".global") ? GLOBAL : take_part(name, ".shared") ? SHARED
      : take_part(name, ".local") ? LOCAL : take_part(name, ".param") ? PARAM : GENERIC;
}

int window_of(std::string_view &name) {
  switch (space_of(name)) {
    case SHARED: return (int)SHARED_WINDOW;
    case LOCAL: return (int)LOCAL_WINDOW;
    case PARAM: return (int)PARAM_WINDOW;
    default: return 0;
  }
}

}  // namespace

instruction &decoder::emit(action perform) {
  instruction i;
  i.perform = perform;
  return emit(i);
}

instruction &decoder::emit(const instruction &i) {
  if (i.perform == nullptr) {
    refuse(line, "types and registers that are not known together");
  }
  p.code.push_back(i);
  p.code.back().line = (uint32_t)line;
  p.code.back().guard = guard;
  p.code.back().guard_is_negated = guard_is_negated;
  return p.code.back();
}

void decoder::guarded(reader &from, const word &first) {
  line = first.line;
  guard = NOWHERE;
  std::string name(first.text);
  if (name == "@") {
    guard_is_negated = from.take("!");
    guard = operand(from, 1);
    name = from.next().text;
  }
  decode_named(from, name);
  from.expect(";");
}

void decoder::decode_named(reader &from, const std::string &name) {
  if (decode_control(from, name) || decode_lanes(from, name) || decode_tensor(from, name)
      || decode_copies(from, name)) {
    return;
  }
  if (begins(name, "ld.") || begins(name, "st.") || begins(name, "atom.")) {
    decode_memory(from, name);
  } else if (begins(name, "mov.") && name != "mov.pred") {
    decode_move(from, name);
  } else {
    decode_arithmetic(from, name);
  }
}

bool decoder::decode_control(reader &from, const std::string &name) {
  if (name == "bra" || name == "bra.uni") {
    branches_to.emplace_back(p.code.size(), from.next().text);
    emit(branches);
  } else if (name == "ret" || name == "exit") {
    bool ends = is_kernel || name == "exit";
    emit(ends ? exits : returns).at[0] = back;
  } else if (name == "call.uni" || name == "call") {
    decode_call(from);
  } else if (name == "bar.sync") {
    if (from.next().text != "0" || from.peek() != ";") {
      refuse(line, "only bar.sync 0 of all threads is known here");
    }
    emit(waits_for_block);
  } else if (name == "bar.warp.sync") {
    place lanes = operand(from, 4);
    emit(waits_for_warp).at[0] = lanes;
  } else {
    return false;
  }
  return true;
}

bool decoder::decode_lanes(reader &from, const std::string &name) {
  if (begins(name, "shfl.sync")) {
    instruction i;
    i.at[0] = operand(from, 4);
    i.at[1] = from.take("|") ? operand(from, 1) : NOWHERE;
    for (int n = 2; n < 6; n++) {
      from.expect(",");
      i.at[n] = operand(from, 4);
    }
    i.perform = shuffles(std::string_view(name).substr(9));
    emit(i);
  } else if (name == "vote.sync.ballot.b32") {
    place result = operand(from, 4);
    from.expect(",");
    bool is_negated = from.take("!");
    place predicate = operand(from, 1);
    from.expect(",");
    place lanes = operand(from, 4);
    instruction &i = emit(votes);
    i.at[0] = result;
    i.at[1] = predicate;
    i.at[2] = lanes;
    i.offset = is_negated;
  } else {
    return false;
  }
  return true;
}

bool decoder::decode_tensor(reader &from, const std::string &name) {
  bool is_turned = name == "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16";
  if (is_turned || name == "ldmatrix.sync.aligned.m8n8.x4.shared.b16") {
    std::vector<value> parts = list(from, 4);
    from.expect(",");
    instruction i;
    i.where = SHARED;
    from.expect("[");
    address(from, i, 5);
    i.perform = is_turned ? loads_turned_matrices : loads_matrices;
    for (int n = 0; n < 4; n++) {
      i.at[n] = parts.at(n).at;
    }
    emit(i);
    return true;
  }
  bool is_group = name == "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16";
  if (!is_group && name != "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32") {
    return false;
  }
  uint32_t more = (uint32_t)p.more.size();
  std::vector<size_t> lengths = is_group ? std::vector<size_t>{128} : std::vector<size_t>{4, 4, 2, 4};
  for (size_t length : lengths) {
    std::vector<value> parts = list(from, 4);
    if (parts.size() != length) {
      refuse(line, std::to_string(parts.size()) + " registers where there must be " + std::to_string(length));
    }
    for (const value &each : parts) {
      p.more.push_back(each.at);
    }
    from.take(",");
  }
  if (is_group) {
    for (int bytes : {8, 8, 1}) {
      place at = operand(from, bytes);
      p.more.push_back(at);
      from.expect(",");
    }
    for (const char *factor : {"1", ",", "1", ",", "0", ",", "0"}) {
      from.expect(factor);
    }
  }
  emit(is_group ? multiplies_group : multiplies).more = more;
  return true;
}

bool decoder::decode_copies(reader &from, const std::string &name) {
  if (name == "cp.async.cg.shared.global") {
    instruction to, source;
    to.where = SHARED;
    source.where = GLOBAL;
    from.expect("[");
    address(from, to, 0);
    from.expect(",");
    from.expect("[");
    address(from, source, 0);
    from.expect(",");
    from.expect("16");
    place bytes = from.take(",") ? operand(from, 4) : constant(COPY_BYTES, 4);
    instruction &i = emit(copies_async);
    i.at[0] = bytes;
    i.at[4] = to.at[0];
    i.at[5] = source.at[0];
    i.offset = to.offset;
    i.more = (uint32_t)source.offset;
    if (to.is_wide || !source.is_wide) {
      refuse(line, "addresses of other sizes than 4 and 8 bytes");
    }
  } else if (name == "cp.async.commit_group") {
    emit(commits_copies);
  } else if (name == "cp.async.wait_group") {
    emit(awaits_copies).offset = (int32_t)number_of(from.next().text);
  } else if (name == "wgmma.fence.sync.aligned") {
    emit(begins_products);
  } else if (name == "wgmma.commit_group.sync.aligned") {
    emit(commits_products);
  } else if (name == "wgmma.wait_group.sync.aligned") {
    emit(awaits_products).offset = (int32_t)number_of(from.next().text);
  } else if (name == "fence.proxy.async") {
    emit(publishes);
  } else {
    return false;
  }
  return true;
}

void decoder::decode_arithmetic(reader &from, const std::string &name) {
  std::string_view rest = name;
  if (take_part(rest, "cvta")) {
    bool leaves = take_part(rest, ".to");
    int window = window_of(rest);
    place to = operand(from, 8);
    from.expect(",");
    place source = operand(from, 8);
    instruction &i = emit(leaves ? leaves_window : enters_window);
    i.at[0] = to;
    i.at[1] = source;
    i.offset = window;
    return;
  }
  const form *known = arithmetic(name);
  if (known == nullptr) {
    refuse(line, "the instruction " + name + " is not known here");
  }
  place at[6];
  for (size_t n = 0; n < known->bytes.size(); n++) {
    if (n > 0) {
      from.expect(",");
    }
    at[n] = operand(from, known->bytes[n]);
  }
  memcpy(emit(known->perform).at, at, sizeof(place) * known->bytes.size());
}

// Moves between registers of a size, also as parts of another one.
void decoder::decode_move(reader &from, const std::string &name) {
  int bytes = (int)bytes_of_type(std::string_view(name).substr(3));
  bool unpacks_parts = from.peek() == "{";
  if (!unpacks_parts) {
    place to = operand(from, bytes);
    from.expect(",");
    if (from.peek() != "{") {
      place source = operand(from, bytes);
      move(value{to, bytes}, value{source, bytes});
      return;
    }
    std::vector<value> parts = list(from, bytes / 2);
    instruction &i = emit(packs);
    i.at[0] = to;
    i.count = (uint8_t)parts.size();
    i.where = (uint8_t)(bytes / parts.size());
    for (size_t n = 0; n < parts.size(); n++) {
      i.at[n + 1] = parts[n].at;
    }
    return;
  }
  std::vector<value> parts = list(from, bytes / 2);
  from.expect(",");
  place source = operand(from, bytes);
  instruction &i = emit(unpacks);
  i.at[0] = source;
  i.count = (uint8_t)parts.size();
  i.where = (uint8_t)(bytes / parts.size());
  for (size_t n = 0; n < parts.size(); n++) {
    i.at[n + 1] = parts[n].at;
  }
}

void decoder::move(value to, value from) {
  if (to.bytes != from.bytes) {
    refuse(line, "values of " + std::to_string(from.bytes) + " and " + std::to_string(to.bytes) + " bytes");
  }
  instruction &i = emit(arithmetic("mov.b" + std::to_string(8 * to.bytes))->perform);
  i.at[0] = to.at;
  i.at[1] = from.at;
}

void decoder::decode_memory(reader &from, const std::string &name) {
  std::string_view rest = name;
  std::string_view kind = next_part(rest);
  instruction i;
  i.where = (uint8_t)space_of(rest);
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
