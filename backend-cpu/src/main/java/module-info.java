/// Vector API kernels for the CPU. Exports nothing: it is found as a service.
module org.jgml.cpu {
  requires java.management;
  requires jdk.management;
  requires org.jgml.core;
  requires jdk.incubator.vector;
  requires dev.ludovic.netlib.blas;

  provides org.jgml.core.backend.BackendProvider with
      org.jgml.cpu.CpuBackendProvider;
}
