/// The CUDA backend: NVIDIA GPUs, driven through JCuda's driver interface, which needs nothing but
/// the driver's own library.
///
/// [CudaKernels] is the table of ops; [SegmentCompiler] turns steps into launches whose arguments
/// lie in memory once and for all; a [CudaStream] runs them in order, from the second run on as one
/// graph. Kernels are in resources, one `.cu` file an op, with the PTX that is made from them.
package org.jgml.cuda;
