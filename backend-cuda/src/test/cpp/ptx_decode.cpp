// Programs from the words of a module.
#include <string.h>

#include <algorithm>
#include <set>

#include "ptx_addresses.h"
#include "ptx_decode.h"

namespace ptx {

globals allocate_globals(const module &m) {
  globals g;
  for (const variable &v : m.variables) {
    if (v.space != ".global" && v.space != ".const") {
      continue;
    }
    size_t bytes = (v.bytes + 255) / 256 * 256;
    unsigned char *memory = (unsigned char *)aligned_alloc(256, bytes);
    memset(memory, 0, bytes);
    memcpy(memory, v.values.data(), v.values.size());
    g.ends[(uint64_t)memory] = (uint64_t)memory + v.bytes;
    g.memory.emplace(v.name, lanes_memory(memory, free));
  }
  return g;
}

decoder::decoder(const module &m, const globals &g) : m(m), g(g) {}

namespace {

// Functions that a body calls, each behind those that it calls itself.
void add_called(const module &m, const function &f, std::vector<const function *> &all) {
  for (size_t i = f.begin; i < f.end; i++) {
    std::map<std::string, function>::const_iterator found = m.functions.find(std::string(m.words[i].text));
    if (found != m.functions.end()
        && std::find(all.begin(), all.end(), &found->second) == all.end()) {
      add_called(m, found->second, all);
      all.push_back(&found->second);
    }
  }
}

}  // namespace

program decoder::decode(const std::string &kernel) {
  const function &f = m.kernels.at(kernel);
  p.name = kernel;
  p.most_threads = f.most_threads;
  std::vector<const function *> all;
  add_called(m, f, all);
  for (const function *each : all) {
    decode_function(*each, false);
  }
  decode_function(f, true);
  place_dynamic();
  mark_sums();
  p.constant_lanes = allocate_lanes(p.constants.size());
  memcpy(p.constant_lanes.get(), p.constants.data(), p.constants.size());
  return std::move(p);
}

void decoder::decode_function(const function &f, bool is_entry) {
  scopes.clear();
  scopes.emplace_back();
  labels.clear();
  branches_to.clear();
  is_kernel = is_entry;
  if (is_entry) {
    p.entry = p.code.size();
    add_parameters(f);
  } else {
    called &c = functions[f.name];
    c.entry = p.code.size();
    c.back = allocate(4);
    for (const variable &v : f.parameters) {
      c.parameters.push_back(declare_parameter(v));
    }
    for (const variable &v : f.results) {
      c.results.push_back(declare_parameter(v));
    }
    back = c.back;
  }
  reader from(m.words, f.begin, f.end);
  while (!from.is_done()) {
    statement(from);
  }
  for (const std::pair<size_t, std::string> &each : branches_to) {
    std::map<std::string, size_t>::iterator found = labels.find(each.second);
    if (found == labels.end()) {
      refuse((int)p.code[each.first].line, "there is no label " + each.second);
    }
    p.code[each.first].offset = (int32_t)found->second;
  }
  instruction last;
  last.perform = runs_beyond;
  p.code.push_back(last);
}

void decoder::add_parameters(const function &f) {
  for (const variable &v : f.parameters) {
    p.parameter_bytes = (p.parameter_bytes + v.alignment - 1) / v.alignment * v.alignment;
    parameters[v.name] = p.parameter_bytes;
    p.parameter_bytes += v.bytes;
  }
}

// Parameters of functions are registers, as only whole values are passed.
value decoder::declare_parameter(const variable &v) {
  if (v.bytes != 4 && v.bytes != 8) {
    throw mistake{"parameter " + v.name + ": only values of 4 and 8 bytes are passed to functions here"};
  }
  value slot = {allocate((int)v.bytes), (int)v.bytes};
  scopes.back().names[v.name] = slot;
  return slot;
}

place decoder::allocate(int bytes) {
  place at = (place)p.register_bytes | REGISTERS;
  p.register_bytes += bytes == 1 ? 64 : bytes * LANES;
  return at;
}

void decoder::statement(reader &from) {
  const word &first = from.next();
  if (first.text == "{") {
    scopes.emplace_back();
  } else if (first.text == "}") {
    scopes.pop_back();
  } else if (first.text == ".reg") {
    declare_registers(from);
  } else if (first.text == ".shared" || first.text == ".local" || first.text == ".param") {
    declare_variable(from, first.text);
  } else if (first.text == ".pragma") {
    from.next();
    from.expect(";");
  } else if (first.text != ";" && from.take(":")) {
    labels[std::string(first.text)] = p.code.size();
  } else if (first.text != ";") {
    guarded(from, first);
  }
}

void decoder::declare_registers(reader &from) {
  std::string_view type = from.next().text;
  int bytes = type == ".pred" ? 1 : (int)bytes_of_type(type);
  do {
    std::string name(from.next().text);
    if (from.take("<")) {
      from.next();
      from.expect(">");
      scopes.back().families[name] = bytes;
    } else {
      scopes.back().names[name] = value{allocate(bytes), bytes};
    }
  } while (from.take(","));
  from.expect(";");
}

void decoder::declare_variable(reader &from, std::string_view space) {
  variable v = from.declaration(space);
  from.expect(";");
  if (space == ".param") {
    declare_parameter(v);
  } else if (space == ".local") {
    p.local_bytes = (p.local_bytes + v.alignment - 1) / v.alignment * v.alignment;
    local[v.name] = p.local_bytes + LOCAL_BEGIN;
    p.local_bytes += v.bytes;
  } else {
    place_in_shared(v);
  }
}

void decoder::place_in_shared(const variable &v) {
  if (v.alignment > 16) {
    throw mistake{v.name + ": shared memory is aligned to 16 bytes at most here"};
  }
  p.shared_bytes = (p.shared_bytes + v.alignment - 1) / v.alignment * v.alignment;
  shared[v.name] = p.shared_bytes;
  p.shared_bytes += v.bytes;
}

// What a launch asks for lies behind everything else.
void decoder::place_dynamic() {
  if (!dynamic.empty()) {
    p.shared_bytes = (p.shared_bytes + 15) / 16 * 16;
  }
  for (size_t i : dynamic) {
    p.shared_constants[i].value += p.shared_bytes;
  }
}

// Notes what else uses the registers in which products of warpgroups are summed.
void decoder::mark_sums() {
  std::set<place> sums;
  for (const instruction &i : p.code) {
    if (i.perform == multiplies_group) {
      p.multiplies_groups = true;
      sums.insert(p.more.begin() + i.more, p.more.begin() + i.more + 128);
    }
  }
  for (instruction &i : p.code) {
    if (p.multiplies_groups && i.perform != multiplies_group) {
      i.touches_sums = std::any_of(i.at, i.at + 6, [&](place each) { return sums.count(each) != 0; });
    }
  }
}

program decode(const module &m, const globals &g, const std::string &kernel) {
  return decoder(m, g).decode(kernel);
}

}  // namespace ptx
