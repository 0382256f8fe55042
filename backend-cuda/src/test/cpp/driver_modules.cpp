// Modules, and launches of their kernels.
#include "driver.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

namespace driver {
namespace {

// Bytes of arguments that every driver takes.
const size_t MOST_ARGUMENTS = 4096;

// What kernels of a device may use: variables of their module, memory of the device, and of the host and
// of devices that it reaches.
ptx::found_t find(const module &m, int device, CUdeviceptr at, ptx::allocation &found) {
  std::map<uint64_t, uint64_t>::const_iterator variable = m.variables.ends.upper_bound(at);
  if (variable != m.variables.ends.begin() && (--variable)->second > at) {
    found = ptx::allocation{{variable->first, variable->second}, 0, 0, true, false};
    return ptx::FOUND;
  }
  std::map<CUdeviceptr, allocation>::iterator next = allocations.upper_bound(at);
  if (next == allocations.begin() || at >= (--next)->first + next->second.bytes) {
    std::map<CUdeviceptr, size_t>::iterator gone = freed.upper_bound(at);
    bool was_there = gone != freed.begin() && at < (--gone)->first + gone->second;
    return was_there ? ptx::FREED : ptx::MISSING;
  }
  allocation &a = next->second;
  if (a.device != device && a.device != HOST && !peers_enabled[device][a.device]) {
    return ptx::MISSING;
  }
  if (a.traces == 0) {
    a.traces = (ptx::trace *)mmap(0, a.bytes * sizeof(ptx::trace), PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
  found = ptx::allocation{{next->first, next->first + a.bytes}, a.traces, 0, false, a.device != HOST};
  return ptx::FOUND;
}

}  // namespace

const ptx::program &program_of(const kernel &k) {
  if (k.from->text == nullptr) {
    throw ptx::mistake{k.name + ": was loaded while kernels did nothing"};
  }
  std::map<std::string, ptx::program> &known = k.from->programs;
  std::map<std::string, ptx::program>::iterator found = known.find(k.name);
  if (found == known.end()) {
    ptx::program made = ptx::decode(*k.from->text, k.from->variables, k.name);
    found = known.emplace(k.name, std::move(made)).first;
  }
  return found->second;
}

CUresult launch(const command &c) {
  const kernel &k = *c.function;
  int device = current;
  try {
    ptx::launch(program_of(k), c.arguments.data(), c.grid, c.threads, c.shared, c.is_dependent,
                c.function->launches++,
                [&](uint64_t at, ptx::allocation &found) { return find(*k.from, device, at, found); });
  } catch (const ptx::mistake &wrong) {
    last_mistake = wrong.what + " (launch " + std::to_string(c.function->launches - 1) + ")";
    fprintf(stderr, "%s\n", last_mistake.c_str());
    sticky = LAUNCH_FAILED;
  }
  return SUCCESS;
}

}  // namespace driver

using namespace driver;

namespace {

// CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION.
const int PROGRAMMATIC_SERIALIZATION = 6;

CUresult put_in(kernel *function, ptx::dimensions grid, ptx::dimensions threads, unsigned shared,
                bool is_dependent, stream *s, void **arguments) {
  command c = {};
  c.function = function;
  c.grid = grid;
  c.threads = threads;
  REQUIRE(may_launch(*function, s, c.grid, c.threads, shared))
  c.shared = shared;
  c.is_dependent = is_dependent;
  for (size_t n = 0; n < function->parameters.size(); n++) {
    const ptx::variable &v = function->parameters[n];
    c.arguments.resize((c.arguments.size() + v.alignment - 1) / v.alignment * v.alignment);
    const unsigned char *from = (const unsigned char *)arguments[n];
    c.arguments.insert(c.arguments.end(), from, from + v.bytes);
  }
  if (c.arguments.size() > MOST_ARGUMENTS) {
    return INVALID_VALUE;
  }
  return submit(s, c);
}

}  // namespace

extern "C" {

CUresult cuModuleLoadDataEx(module **m, const void *image, unsigned, int *, void **) {
  MAY_STOP_DEVICE
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::unique_ptr<module> loaded(new module());
  try {
    if (!idle) {
      loaded->text.reset(new ptx::module((const char *)image));
      loaded->variables = ptx::allocate_globals(*loaded->text);
    }
  } catch (const ptx::mistake &wrong) {
    fprintf(stderr, "a module: %s\n", wrong.what.c_str());
    return INVALID_PTX;
  }
  *m = loaded.release();
  return SUCCESS;
}

CUresult cuModuleLoadData(module **m, const void *image) {
  return cuModuleLoadDataEx(m, image, 0, 0, 0);
}

CUresult cuModuleUnload(module *m) {
  OUTSIDE_CAPTURE
  std::lock_guard<std::recursive_mutex> guard(lock);
  delete m;
  return SUCCESS;
}

CUresult cuModuleGetFunction(kernel **function, module *m, const char *name) {
  MAY_STOP_DEVICE
  if (m->text == nullptr) {
    *function = new kernel{m, name, {}, -1, 0, false};
    return SUCCESS;
  }
  std::map<std::string, ptx::function>::iterator found = m->text->kernels.find(name);
  if (found == m->text->kernels.end()) {
    return NOT_FOUND;
  }
  std::unique_ptr<kernel> made(new kernel{m, name, found->second.parameters, -1, first_launch, false});
  try {
    program_of(*made);
  } catch (const ptx::mistake &wrong) {
    fprintf(stderr, "%s: %s\n", name, wrong.what.c_str());
    return INVALID_PTX;
  }
  *function = made.release();
  return SUCCESS;
}

CUresult cuFuncSetAttribute(kernel *function, int attribute, int value) {
  OUTSIDE_CAPTURE
  return attribute == 8 ? permit_shared(*function, value) : SUCCESS;
}

struct launch_attribute {
  int kind;
  char gap[4];
  int value;
  char rest[60];
};

struct launch_config {
  unsigned gx, gy, gz, bx, by, bz, shared;
  stream *s;
  const launch_attribute *attributes;
  unsigned count;
};

CUresult cuLaunchKernelEx(const launch_config *config, kernel *function, void **arguments, void **) {
  COUNT
  bool is_dependent = false;
  for (unsigned n = 0; n < config->count; n++) {
    const launch_attribute &each = config->attributes[n];
    if (each.kind != PROGRAMMATIC_SERIALIZATION) {
      return INVALID_VALUE;
    }
    is_dependent = each.value != 0;
  }
  return put_in(function, ptx::dimensions{config->gx, config->gy, config->gz},
                ptx::dimensions{config->bx, config->by, config->bz}, config->shared, is_dependent, config->s,
                arguments);
}

CUresult cuLaunchKernel(kernel *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                        unsigned by, unsigned bz, unsigned shared, stream *s, void **arguments,
                        void **) {
  COUNT
  return put_in(function, ptx::dimensions{gx, gy, gz}, ptx::dimensions{bx, by, bz}, shared, false, s,
                arguments);
}
}
