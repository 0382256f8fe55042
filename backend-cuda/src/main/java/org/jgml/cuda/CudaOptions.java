package org.jgml.cuda;

/// Choices that users make with system properties.
///
/// @param products how products of many tokens are made (`-Djgml.cuda.products=exact`)
/// @param graphs whether runs are replayed as graphs (`-Djgml.cuda.graphs=false` to look for
///   faults)
/// @param compilesHere whether programs are compiled on this machine (`-Djgml.cuda.compiler=nvrtc`)
///   rather than loaded as PTX
record CudaOptions(Products products, boolean graphs, boolean compilesHere) {
  CudaOptions(Products products, boolean graphs) {
    this(products, graphs, false);
  }

  static CudaOptions fromProperties() {
    return new CudaOptions(
        Products.named(System.getProperty("jgml.cuda.products", Products.TENSOR.toString())),
        Boolean.parseBoolean(System.getProperty("jgml.cuda.graphs", "true")),
        "nvrtc".equals(System.getProperty("jgml.cuda.compiler")));
  }
}
