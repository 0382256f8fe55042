package org.jgml.cpu;

import org.jgml.core.backend.Step;

/// Adds the kernels that run one op.
@FunctionalInterface
interface Binding {
  void bind(Step step, SegmentCompiler compiler);
}
