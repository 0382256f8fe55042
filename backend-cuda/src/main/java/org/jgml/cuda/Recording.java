package org.jgml.cuda;

import java.util.List;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/// What was put into a stream once, to be put in again and again: a graph, and the calls of the
/// host in it.
record Recording(CUgraphExec graph, List<CudaHostCall> calls) {
  void destroy(CudaContext context) {
    context.released("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(graph));
  }
}
