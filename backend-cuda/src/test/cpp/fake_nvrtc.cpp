// A libnvrtc.so.12 that compiles nothing: it checks what it is given as NVRTC would, and its machine
// code is the PTX of the jar, of which PTX_DIRECTORY is the folder.
#include <stdio.h>
#include <string.h>

#include <set>
#include <string>

namespace {

enum { SUCCESS = 0, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6 };

int supported[] = {75, 80, 86, 89, 90, 100};
long compiled;

struct program {
  std::string name;
  std::string missing;
  std::string code;
  std::string log;
};

// Adds headers that a source includes and that are not there.
void check(const std::string &text, const std::set<std::string> &headers, std::string &missing) {
  const std::string include = "#include \"";
  for (size_t at = text.find(include); at != std::string::npos; at = text.find(include, at + 1)) {
    size_t from = at + include.size();
    std::string name = text.substr(from, text.find('"', from) - from);
    if (headers.count(name) == 0) {
      missing += name + " ";
    }
  }
}

// What a file holds that gzip has compressed.
std::string unpacked(const std::string &file) {
  std::string text;
  FILE *from = popen(("gzip -dc '" + file + "' 2> /dev/null").c_str(), "r");
  char bytes[1 << 16];
  for (size_t count; from != 0 && (count = fread(bytes, 1, sizeof(bytes), from)) > 0;) {
    text.append(bytes, count);
  }
  if (from != 0) {
    pclose(from);
  }
  return text;
}

}  // namespace

extern "C" {

// For tests: programs that were compiled.
long emulation_compiled() { return compiled; }

int nvrtcVersion(int *major, int *minor) {
  *major = 12;
  *minor = 0;
  return SUCCESS;
}

int nvrtcGetNumSupportedArchs(int *count) {
  *count = sizeof(supported) / sizeof(supported[0]);
  return SUCCESS;
}

int nvrtcGetSupportedArchs(int *list) {
  memcpy(list, supported, sizeof(supported));
  return SUCCESS;
}

const char *nvrtcGetErrorString(int code) {
  return code == SUCCESS ? "NVRTC_SUCCESS" : "NVRTC_ERROR_OF_THE_EMULATION";
}

int nvrtcCreateProgram(program **created, const char *source, const char *name, int count,
                       const char *const *headers, const char *const *names) {
  std::set<std::string> known(names, names + count);
  *created = new program{name, "", "", ""};
  check(source, known, (*created)->missing);
  for (int i = 0; i < count; i++) {
    check(headers[i], known, (*created)->missing);
  }
  return SUCCESS;
}

int nvrtcDestroyProgram(program **p) {
  delete *p;
  *p = 0;
  return SUCCESS;
}

int nvrtcCompileProgram(program *p, int count, const char *const *options) {
  std::string values;
  std::string architecture;
  bool rounds = false;
  for (int i = 0; i < count; i++) {
    std::string option = options[i];
    if (option.find("--gpu-architecture=sm_") == 0) {
      architecture = "." + option.substr(option.find("sm_"));
    }
    rounds = rounds || option == "--fmad=false";
    if (option.find("-D") == 0) {
      values += "." + option.substr(option.find('=') + 1);
    }
  }
  if (architecture.empty() || !rounds) {
    p->log = "options are missing";
    return INVALID_OPTION;
  }
  if (!p->missing.empty()) {
    p->log = "cannot open source file " + p->missing;
    return COMPILATION;
  }
  if (values == ".i64") {
    p->log = p->name + "(1): error: no such format\n1 error detected";
    return COMPILATION;
  }
  compiled++;
  std::string file = PTX_DIRECTORY "/" + p->name.substr(0, p->name.rfind(".cu")) + values;
  p->code = unpacked(file + architecture + ".ptx.gz");
  if (p->code.empty()) {
    p->code = unpacked(file + ".ptx.gz");
  }
  return SUCCESS;
}

int nvrtcGetCUBINSize(program *p, size_t *bytes) {
  *bytes = p->code.size() + 1;
  return SUCCESS;
}

int nvrtcGetCUBIN(program *p, char *code) {
  memcpy(code, p->code.c_str(), p->code.size() + 1);
  return SUCCESS;
}

int nvrtcGetProgramLogSize(program *p, size_t *bytes) {
  *bytes = p->log.size() + 1;
  return SUCCESS;
}

int nvrtcGetProgramLog(program *p, char *log) {
  memcpy(log, p->log.c_str(), p->log.size() + 1);
  return SUCCESS;
}

// JCuda's library is bound to these; the backend calls none of them.
int nvrtcAddNameExpression(program *, const char *) { return INVALID_INPUT; }
int nvrtcGetLoweredName(program *, const char *, const char **) { return INVALID_INPUT; }
int nvrtcGetPTX(program *, char *) { return INVALID_INPUT; }
int nvrtcGetPTXSize(program *, size_t *) { return INVALID_INPUT; }
int nvrtcGetNVVM(program *, char *) { return INVALID_INPUT; }
int nvrtcGetNVVMSize(program *, size_t *) { return INVALID_INPUT; }
int nvrtcGetLTOIR(program *, char *) { return INVALID_INPUT; }
int nvrtcGetLTOIRSize(program *, size_t *) { return INVALID_INPUT; }
int nvrtcGetOptiXIR(program *, char *) { return INVALID_INPUT; }
int nvrtcGetOptiXIRSize(program *, size_t *) { return INVALID_INPUT; }
}
