package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.conformance.QuantiserConformanceTest;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;

/// The first OpenCL device writes blocks as the core does.
final class OpenClQuantiserTest extends QuantiserConformanceTest {
  @Override
  protected Device open() {
    return TestDevice.open();
  }

  @Test
  void searchesNeedDoublePrecision() {
    GraphBuilder g = new GraphBuilder();
    Node y = g.cast(g.input("x", DataType.F32, 2, 256), DataType.Q4_K);
    assertEquals(
        Verdict.no("no double precision (cl_khr_fp64), which writing Q4_K takes"),
        OpenClKernels.supports(y, TestDevice.profile(256)));
    DeviceProfile withDoubles = TestDevice.profile(256, "cl_khr_fp64");
    assertEquals(Verdict.YES, OpenClKernels.supports(y, withDoubles));
  }

  @Test
  void searchesNeedAWorkItemForEachGroupOfABlock() {
    GraphBuilder g = new GraphBuilder();
    Node y = g.cast(g.input("x", DataType.F32, 2, 256), DataType.Q2_K);
    assertEquals(
        Verdict.no("work-groups of at most 8 work-items, and writing Q2_K takes 16"),
        OpenClKernels.supports(y, TestDevice.profile(8, "cl_khr_fp64")));
  }
}
