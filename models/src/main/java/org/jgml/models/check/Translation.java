package org.jgml.models.check;

import org.jgml.core.graph.Node;

/// How a graph of this engine says what one operation of ggml does.
@FunctionalInterface
interface Translation {
  /// Adds the operation to the graph of a case.
  ///
  /// @return the node whose value is compared
  /// @throws NotTranslatable if the parameters ask for something that there is no op for
  Node translate(CaseGraph g);
}
