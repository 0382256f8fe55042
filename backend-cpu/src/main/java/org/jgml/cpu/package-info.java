/// The CPU backend.
///
/// [CpuKernels] maps each op to kernels, [SegmentCompiler] makes a program of them, [WorkerPool]
/// runs it. Kernels exist once: what is fast about them is behind [Arithmetic], which holds a form
/// with the Vector API and one in plain Java.
package org.jgml.cpu;
