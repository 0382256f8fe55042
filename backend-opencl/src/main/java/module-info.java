/// OpenCL C kernels for GPUs and other OpenCL devices. Exports nothing: it is found as a service.
module org.jgml.opencl {
  requires org.jgml.core;
  requires jocl;

  provides org.jgml.core.backend.BackendProvider with
      org.jgml.opencl.OpenClBackendProvider;
}
