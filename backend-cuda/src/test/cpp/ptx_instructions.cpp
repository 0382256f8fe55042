// Instructions by their names.
#include <string.h>

#include "ptx_addresses.h"
#include "ptx_decode.h"
#include "ptx_forms.h"

namespace ptx {
namespace {

bool begins(const std::string &name, const char *with) { return name.rfind(with, 0) == 0; }

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
  if (begins(name, "ld.") || begins(name, "st.") || begins(name, "atom.") || name == "prefetch.L2") {
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
  } else if (name == "griddepcontrol.wait" || name == "griddepcontrol.launch_dependents") {
    emit(name == "griddepcontrol.wait" ? awaits_launches : lets_launches_begin);
    p.awaits_launches = true;
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
    std::string text(from.peek());
    value v = any(from, known->bytes[n]);
    if (n == 1 && v.bytes == 4 && known->bytes[n] == 2 && arithmetic(name + WIDE) != nullptr) {
      known = arithmetic(name + WIDE);
    }
    require_bytes(text, v, known->bytes[n]);
    at[n] = v.at;
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

}  // namespace ptx
