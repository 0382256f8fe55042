package org.jgml.models.architecture;

import java.io.IOException;
import java.nio.file.Path;

/// A model of which every token sees every other, in double precision.
interface ExactEncoder {
  /// The hidden states of all tokens.
  double[][] states(int... tokens);

  void write(Path path) throws IOException;
}
