package org.jgml.cuda;

/// Choices that users make with system properties.
///
/// @param products how products of many tokens are made (`-Djgml.cuda.products=exact`)
/// @param graphs whether runs are replayed as graphs (`-Djgml.cuda.graphs=false` to look for
///   faults)
record CudaOptions(Products products, boolean graphs) {
  static CudaOptions fromProperties() {
    return new CudaOptions(
        Products.named(System.getProperty("jgml.cuda.products", Products.TENSOR.toString())),
        Boolean.parseBoolean(System.getProperty("jgml.cuda.graphs", "true")));
  }
}
