package org.jgml.cuda;

import jcuda.driver.CUstream;

/// A stream as the driver knows it, for calls of it that JCuda does not have.
final class StreamHandle extends CUstream {
  long number() {
    return getNativePointer();
  }
}
