package org.jgml.cuda;

import jcuda.driver.CUfunction;

/// A kernel as the driver knows it, for calls of it that JCuda does not have.
final class KernelHandle extends CUfunction {
  long number() {
    return getNativePointer();
  }
}
