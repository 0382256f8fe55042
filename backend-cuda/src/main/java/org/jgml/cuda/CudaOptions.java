package org.jgml.cuda;

import org.jgml.core.backend.DeviceException;

/// Choices that users make with system properties.
///
/// @param products how products of many tokens are made (`-Djgml.cuda.products=exact`)
/// @param graphs whether runs are replayed as graphs (`-Djgml.cuda.graphs=false` to look for
///   faults)
/// @param compilesHere whether programs are compiled on this machine (`-Djgml.cuda.compiler=nvrtc`)
///   rather than loaded as PTX
/// @param dependent whether launches begin before the one before them has ended
///   (`-Djgml.cuda.dependent=false` to look for faults)
/// @param pooled whether memory that is given back is kept for the next who asks
///   (`-Djgml.cuda.pool=false`, so that a checker of memory sees each buffer by itself)
record CudaOptions(
    Products products, boolean graphs, boolean compilesHere, boolean dependent, boolean pooled) {
  /// @throws DeviceException if a choice is unknown
  static CudaOptions fromProperties() {
    return new CudaOptions(
        Products.named(System.getProperty("jgml.cuda.products", Products.TENSOR.toString())),
        Boolean.parseBoolean(System.getProperty("jgml.cuda.graphs", "true")),
        compilesHere(System.getProperty("jgml.cuda.compiler", "driver")),
        Boolean.parseBoolean(System.getProperty("jgml.cuda.dependent", "true")),
        Boolean.parseBoolean(System.getProperty("jgml.cuda.pool", "true")));
  }

  /// Whether NVRTC compiles programs; otherwise the driver does, from PTX.
  static boolean compilesHere(String compiler) {
    return switch (compiler) {
      case "driver" -> false;
      case "nvrtc" -> true;
      default ->
          throw new DeviceException(
              "jgml.cuda.compiler is '%s'. Fix: choose one of driver, nvrtc.".formatted(compiler));
    };
  }
}
