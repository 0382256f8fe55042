/// CUDA kernels for NVIDIA GPUs. Exports nothing: it is found as a service.
module org.jgml.cuda {
  requires org.jgml.core;
  requires jcuda;

  provides org.jgml.core.backend.BackendProvider with
      org.jgml.cuda.CudaBackendProvider;
}
