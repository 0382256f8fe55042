/// The OpenCL backend: devices of every OpenCL platform, driven through JOCL.
///
/// [OpenClKernels] is the table of ops; [SegmentCompiler] turns steps into launches whose arguments
/// are set once; a [CommandQueue] runs them in order. Kernels are in resources, one `.cl` file an
/// op, put together and built by [Programs].
package org.jgml.opencl;
