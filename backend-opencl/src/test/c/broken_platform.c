// A driver whose platform is there and has a name, but fails when it is asked for its devices.
#include <stddef.h>
#include <string.h>

enum { SUCCESS = 0, OUT_OF_HOST_MEMORY = -6, INVALID_VALUE = -30 };
enum { PROFILE = 0x900, VERSION, NAME, VENDOR, EXTENSIONS, ICD_SUFFIX = 0x920 };

// Static, since the loader has functions of the same names. A platform begins with the table of its functions, in the order of the extension cl_khr_icd.
static void *functions[256];
static struct platform {
  void **functions;
} only = {functions};

static const char *text(unsigned what) {
  switch (what) {
    case PROFILE: return "FULL_PROFILE";
    case VERSION: return "OpenCL 1.2 broken";
    case NAME: return "Broken Platform";
    case VENDOR: return "nobody";
    case EXTENSIONS: return "cl_khr_icd";
    case ICD_SUFFIX: return "BROKEN";
    default: return NULL;
  }
}

static int platform_info(struct platform *platform, unsigned what, size_t room, void *to,
                         size_t *needed) {
  const char *value = text(what);
  if (value == NULL) {
    return INVALID_VALUE;
  }
  if (needed != NULL) {
    *needed = strlen(value) + 1;
  }
  if (to != NULL) {
    strncpy(to, value, room);
  }
  return SUCCESS;
}

static int fails(void) {
  return OUT_OF_HOST_MEMORY;
}

static int platforms(unsigned room, struct platform **to, unsigned *count) {
  for (int i = 0; i < 256; i++) {
    functions[i] = (void *)fails;
  }
  functions[0] = (void *)platforms;
  functions[1] = (void *)platform_info;
  if (to != NULL && room > 0) {
    to[0] = &only;
  }
  if (count != NULL) {
    *count = 1;
  }
  return SUCCESS;
}

void *clGetExtensionFunctionAddress(const char *name) {
  return strcmp(name, "clIcdGetPlatformIDsKHR") == 0 ? (void *)platforms
      : strcmp(name, "clGetPlatformInfo") == 0       ? (void *)platform_info
                                                     : NULL;
}
