package org.jgml.cuda;

import jcuda.driver.CUdeviceptr;

/// A pointer of the device whose number is known, since kernels get it in a structure.
final class Address extends CUdeviceptr {
  /// To be set by an allocation.
  Address() {}

  private Address(CUdeviceptr base, long offset) {
    super(base, offset);
  }

  /// The pointer of this number.
  static Address of(long number) {
    return new Address(new Address(), number);
  }

  long number() {
    return getNativePointer() + getByteOffset();
  }
}
