// Calls of the driver about streams, graphs and events.
#include "driver.h"

#include <sched.h>
#include <time.h>

using namespace driver;

// Work is done when it is asked for, so whoever asks waits; some seconds, lest a test hang.
static CUresult wait_for_number(const command &c) {
  time_t start = time(0);
  while (time(0) - start < 10 && sticky == SUCCESS) {
    if (((std::atomic<unsigned> *)c.to)->load() == c.number) {
      return sticky;
    }
    sched_yield();
  }
  return sticky = LAUNCH_FAILED;
}

// Does or records a command; waiting for the host without the lock that its calls need.
static CUresult submit_unlocked(stream *s, const command &c) {
  if (s->capturing != 0) {
    s->capturing->commands.push_back(c);
    return SUCCESS;
  }
  switch (c.kind) {
    case driver::WAIT_FOR_NUMBER:
      exchanges_numbers(s);
      return wait_for_number(c);
    case driver::WRITE_NUMBER:
      exchanges_numbers(s);
      ((std::atomic<unsigned> *)c.to)->store(c.number);
      return sticky;
    default: return submit(s, c);
  }
}

extern "C" {

CUresult cuStreamCreate(stream **s, unsigned) {
  MAY_STOP_DEVICE
  *s = new stream();
  return SUCCESS;
}

CUresult cuStreamCreateWithPriority(stream **s, unsigned flags, int) { return cuStreamCreate(s, flags); }

CUresult cuStreamDestroy_v2(stream *s) {
  is_gone(s);
  delete s;
  return SUCCESS;
}

CUresult cuStreamSynchronize(stream *s) {
  COUNT
  OUTSIDE_CAPTURE
  is_awaited(s);
  return sticky;
}

CUresult cuStreamQuery(stream *) { return sticky; }
CUresult cuStreamWaitEvent(stream *, void *, unsigned) {
  COUNT
  return SUCCESS;
}

CUresult cuStreamWriteValue32_v2(stream *s, CUdeviceptr at, unsigned value, unsigned) {
  COUNT
  command c = {};
  c.kind = driver::WRITE_NUMBER;
  c.to = at;
  c.number = value;
  return submit_unlocked(s, c);
}

CUresult cuStreamWaitValue32_v2(stream *s, CUdeviceptr at, unsigned value, unsigned flags) {
  COUNT
  command c = {};
  c.kind = driver::WAIT_FOR_NUMBER;
  c.to = at;
  c.number = value;
  return flags == 1 ? submit_unlocked(s, c) : NOT_SUPPORTED;
}

CUresult cuStreamBeginCapture_v2(stream *s, int) {
  OUTSIDE_CAPTURE
  s->capturing = new graph();
  s->invalid = false;
  captured_here = s;
  return SUCCESS;
}

CUresult cuStreamBeginCapture(stream *s) { return cuStreamBeginCapture_v2(s, 0); }

CUresult cuStreamEndCapture(stream *s, graph **g) {
  *g = s->capturing;
  s->capturing = 0;
  captured_here = 0;
  return s->invalid ? 901 : SUCCESS;
}

CUresult cuStreamIsCapturing(stream *s, int *status) {
  *status = s->capturing != 0;
  return SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(graph **executable, graph *g, unsigned long long) {
  COUNT
  MAY_STOP_DEVICE
  *executable = new graph(*g);
  return SUCCESS;
}

CUresult cuGraphInstantiate_v2(graph **executable, graph *g, void *, char *, size_t) {
  return cuGraphInstantiateWithFlags(executable, g, 0);
}

CUresult cuGraphInstantiate(graph **executable, graph *g, void *, char *, size_t) {
  return cuGraphInstantiateWithFlags(executable, g, 0);
}

CUresult cuGraphUpload(graph *, stream *) { return SUCCESS; }

CUresult cuGraphLaunch(graph *executable, stream *s) {
  COUNT
  OUTSIDE_CAPTURE
  for (const command &c : executable->commands) {
    CUresult code = submit_unlocked(s, c);
    if (code != SUCCESS) {
      return code;
    }
  }
  return SUCCESS;
}

CUresult cuGraphDestroy(graph *g) {
  delete g;
  return SUCCESS;
}

CUresult cuGraphExecDestroy(graph *g) {
  delete g;
  return SUCCESS;
}

CUresult cuEventCreate(void **event, unsigned) {
  OUTSIDE_CAPTURE
  *event = new timespec();
  return SUCCESS;
}

CUresult cuEventRecord(void *event, stream *) {
  COUNT
  clock_gettime(CLOCK_MONOTONIC, (timespec *)event);
  return sticky;
}

CUresult cuEventQuery(void *) {
  COUNT
  OUTSIDE_CAPTURE
  return sticky;
}

CUresult cuEventSynchronize(void *) {
  COUNT
  OUTSIDE_CAPTURE
  return sticky;
}

CUresult cuEventDestroy_v2(void *event) {
  delete (timespec *)event;
  return SUCCESS;
}

CUresult cuEventElapsedTime(float *milliseconds, void *from, void *to) {
  timespec *a = (timespec *)from;
  timespec *b = (timespec *)to;
  *milliseconds = (b->tv_sec - a->tv_sec) * 1e3f + (b->tv_nsec - a->tv_nsec) * 1e-6f;
  return SUCCESS;
}

CUresult cuEventElapsedTime_v2(float *milliseconds, void *from, void *to) {
  return cuEventElapsedTime(milliseconds, from, to);
}
}
