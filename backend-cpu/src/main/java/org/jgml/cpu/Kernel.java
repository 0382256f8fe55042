package org.jgml.cpu;

/// One op, or one phase of it, bound to memory and cut into parts that may run in any order on any
/// worker.
///
/// Neither which worker runs a part nor the number of parts may change the result, so that any
/// number of threads gives the same bits.
interface Kernel {
  /// The number of parts. Each worker asks when the kernel's turn comes, so that it may depend on
  /// values that earlier kernels wrote; all must get the same answer.
  int parts();

  /// Runs a part.
  ///
  /// @param part from 0 to `parts() - 1`
  /// @param worker the worker that runs it, for scratch memory of its own
  void run(int part, int worker);
}
