package org.jgml.core.backend;

import java.util.List;

/// Steps that one device runs in order, without a stop between them.
public record Segment(List<Step> steps) {
  public Segment {
    steps = List.copyOf(steps);
  }
}
