// Modules, and launches of their kernels.
#include "driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace driver {
namespace {

// Whether all bytes around allocations are as they were.
bool guards_hold() {
  for (const std::pair<const CUdeviceptr, allocation> &each : allocations) {
    const unsigned char *memory = (const unsigned char *)each.first;
    for (size_t i = 1; i <= PADDING; i++) {
      if (memory[-(ptrdiff_t)i] != GUARD || memory[each.second.bytes + i - 1] != GUARD) {
        return false;
      }
    }
  }
  return true;
}

std::string line_value(const std::string &line, const char *key) {
  size_t at = line.find(key);
  if (at == std::string::npos) {
    return "";
  }
  at += strlen(key);
  return line.substr(at, line.find('\n', at) - at);
}

}  // namespace

CUresult launch(const command &c) {
  if (c.threads.x * c.threads.y * c.threads.z > fibers::MOST_THREADS || c.shared > fibers::SHARED_BYTES) {
    return INVALID_VALUE;
  }
  if (c.shared > (48 << 10) && (int)c.shared > c.function->shared_limit) {
    return INVALID_VALUE;
  }
  bool backwards = c.function->launches++ % 2 == 1;
  const char *mistake = fibers::run(c.function->function, c.arguments.data(), c.grid, c.threads,
                                    c.shared, backwards);
  if (mistake != 0) {
    fprintf(stderr, "%s: %s\n", c.function->name.c_str(), mistake);
    sticky = LAUNCH_FAILED;
  } else if (!guards_hold()) {
    fprintf(stderr, "%s: wrote outside of all allocations\n", c.function->name.c_str());
    sticky = ILLEGAL_ADDRESS;
  }
  return SUCCESS;
}

}  // namespace driver

using namespace driver;

extern "C" {

CUresult cuModuleLoadDataEx(module **m, const void *image, unsigned, int *, void **) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::string text((const char *)image);
  std::string line = text.substr(0, text.find('\n'));
  std::string name = line_value(line, "// program ");
  name = name.substr(0, name.find(" sources "));
  if (name.empty()) {
    return INVALID_PTX;
  }
  if (idle) {
    *m = new module{0};
    return SUCCESS;
  }
  std::string file = name.substr(0, name.find(' '));
  std::string definitions = name.find(" -D") == std::string::npos ? "" : name.substr(name.find(" -D"));
  std::string key = file + definitions;
  for (char &c : key) {
    c = isalnum(c) ? c : '_';
  }
  std::string library = build_directory + "/" + key + ".so";
  std::string source = source_directory + "/" + file + ".cu";
  std::string compile = "g++ -x c++ -std=c++17 -O1 -w -fPIC -shared -ffp-contract=off " + compiler_options
      + definitions + " '" + source + "' -o '" + library + ".new' -L'" + build_directory
      + "' -l:libcuda.so.1 && mv '" + library + ".new' '" + library + "'";
  std::string stale = "[ '" + library + "' -nt '" + build_directory + "/stamp' ]";
  if (system(stale.c_str()) != 0 && system(compile.c_str()) != 0) {
    return INVALID_PTX;
  }
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == 0) {
    fprintf(stderr, "%s\n", dlerror());
    return INVALID_PTX;
  }
  *m = new module{handle};
  return SUCCESS;
}

CUresult cuModuleLoadData(module **m, const void *image) {
  return cuModuleLoadDataEx(m, image, 0, 0, 0);
}

CUresult cuModuleUnload(module *m) {
  if (m->library != 0) {
    dlclose(m->library);
  }
  delete m;
  return SUCCESS;
}

CUresult cuModuleGetFunction(kernel **function, module *m, const char *name) {
  if (m->library == 0) {
    *function = new kernel{0, name, 0, 0};
    return SUCCESS;
  }
  void *symbol = dlsym(m->library, name);
  size_t *bytes = (size_t *)dlsym(m->library, (std::string(name) + "_bytes").c_str());
  if (symbol == 0 || bytes == 0) {
    return NOT_FOUND;
  }
  *function = new kernel{(fibers::kernel_t)symbol, name, *bytes, 0, 0};
  return SUCCESS;
}

CUresult cuFuncSetAttribute(kernel *function, int attribute, int value) {
  if (attribute == 8) {
    function->shared_limit = value;
  }
  return SUCCESS;
}

CUresult cuLaunchKernel(kernel *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                        unsigned by, unsigned bz, unsigned shared, stream *s, void **arguments,
                        void **) {
  COUNT
  if (gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535) {
    return INVALID_VALUE;
  }
  command c = {};
  c.function = function;
  c.grid = emulation_dim{gx, gy, gz};
  c.threads = emulation_dim{bx, by, bz};
  c.shared = shared;
  unsigned char *structure = (unsigned char *)arguments[0];
  c.arguments.assign(structure, structure + function->argument_bytes);
  return submit(s, c);
}
}
