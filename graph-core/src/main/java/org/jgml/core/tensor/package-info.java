/// What a tensor is, without saying where its bytes are: element type, shape and memory layout.
///
/// Shapes are written outermost axis first, as NumPy and PyTorch print them: the last axis is the
/// *row*, the axis whose elements lie next to each other in memory.
package org.jgml.core.tensor;
