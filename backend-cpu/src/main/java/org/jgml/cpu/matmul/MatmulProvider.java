package org.jgml.cpu.matmul;

import org.jgml.core.tensor.DataType;

/// The matrix kernels that suit this virtual machine.
public interface MatmulProvider {
  /// The product of `m` tokens of length `k` with weights of `type`.
  MatrixProduct product(DataType type, int m, int k);

  Dequantiser dequantiser(DataType type);

  /// Kernels written with the Vector API; needs the module `jdk.incubator.vector`.
  static MatmulProvider vector() {
    return new VectorMatmulProvider();
  }

  /// Kernels in plain Java.
  static MatmulProvider scalar() {
    return new ScalarMatmulProvider();
  }
}
