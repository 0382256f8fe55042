package org.jgml.core.inspect;

import org.jgml.core.graph.Node;
import org.jgml.core.runtime.Observer;

/// Looks at nothing and keeps everything.
record RetainEverything() implements Observer {
  @Override
  public boolean retains(Node node) {
    return true;
  }
}
