package org.jgml.cuda;

import org.jgml.core.backend.Step;

/// Adds the commands that run one op.
@FunctionalInterface
interface Binding {
  void bind(Step step, SegmentCompiler compiler);
}
