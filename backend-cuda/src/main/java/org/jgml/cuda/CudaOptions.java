package org.jgml.cuda;

/// Choices that users make with system properties.
///
/// @param exactProducts whether products of many tokens are made in F32 rather than on tensor cores
///   (`-Djgml.cuda.products=exact`)
/// @param graphs whether runs are replayed as graphs (`-Djgml.cuda.graphs=false` to look for
///   faults)
record CudaOptions(boolean exactProducts, boolean graphs) {
  static CudaOptions fromProperties() {
    return new CudaOptions(
        "exact".equals(System.getProperty("jgml.cuda.products", "tensor")),
        Boolean.parseBoolean(System.getProperty("jgml.cuda.graphs", "true")));
  }
}
