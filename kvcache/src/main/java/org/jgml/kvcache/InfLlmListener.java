package org.jgml.kvcache;

import org.jgml.core.runtime.Execution;

/// Is told what InfLLM selects and seals, on the thread that runs the graph.
public interface InfLlmListener {
  /// Nobody.
  InfLlmListener NONE = new InfLlmListener() {};

  /// A slice of queries looks at blocks.
  ///
  /// @param blocks their numbers, ascending; the caller's own array
  /// @param count how many of them there are
  default void selected(int layer, int[] blocks, int count) {}

  /// A step of one token was bounded.
  ///
  /// @param shares for each head the largest share of attention that blocks not looked at can have;
  ///   the caller's own array
  default void missed(int layer, float[] shares) {}

  /// A block was made in all layers.
  ///
  /// @param sealing what was run; its outputs can be read
  default void sealed(int block, Execution sealing) {}
}
