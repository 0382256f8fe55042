/// Kernels for the CPU. Exports nothing: it is found as a service.
///
/// The Vector API makes it fast and is not needed: `requires static` lets the module start in a
/// Java that lacks it, and leaves it to the command line (`--add-modules`) to bring it in.
module org.jgml.cpu {
  requires java.management;
  requires jdk.management;
  requires org.jgml.core;
  requires static jdk.incubator.vector;
  requires dev.ludovic.netlib.blas;

  provides org.jgml.core.backend.BackendProvider with
      org.jgml.cpu.CpuBackendProvider;
}
